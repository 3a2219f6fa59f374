"""What is sent for a message, as plain objects."""

from __future__ import annotations

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel_destination import Mixpanel

TRACK = {"type": "track", "userId": "u", "event": "A", "messageId": "not conforming!", "timestamp": 0}


def test_records_are_those_that_are_sent() -> None:
    """With a valid ``$insert_id``, which Segment's own form has not."""
    answer = Mixpanel.as_sent("token")(TRACK)
    (record,) = answer["records"]
    assert (record["endpoint"], record["preset"], record["action"]) == ("import", "Track Calls", "trackEvent")
    assert len(record["body"]["properties"]["$insert_id"]) == 36
    assert (answer["errors"], answer["dropped"]) == ([], "")


def test_errors_name_mapping_and_field() -> None:
    """So that they can be shown beside the mapping."""
    answer = Mixpanel.as_sent("token")({"type": "group", "groupId": "g"})
    assert answer["errors"][0]["preset"] == "Group Calls"
    assert set(answer["errors"][0]) == {"preset", "action", "message", "field"}


def test_what_no_mapping_takes_is_said() -> None:
    """Nothing is sent, and there is a reason."""
    assert Mixpanel.as_sent("token", [])(TRACK) == {"records": [], "errors": [], "dropped": "no mapping"}


def test_mappings_that_cannot_work_are_refused_at_once() -> None:
    """Not with the first message."""
    with pytest.raises(MappingError):
        Mixpanel.as_sent("token", [{"name": "x"}])
