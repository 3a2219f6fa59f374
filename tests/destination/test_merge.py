"""Identity events of the Actions framework, by the project's ID merge."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.merge import NO_ALIASES
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator


def translate(merge: Any, **fields: Any) -> Translation:
    """Translate a message with both ids."""
    message = {"userId": "u", "anonymousId": "a", "messageId": "m", **fields}
    return Translator(token="t", now=lambda: 0, merge=merge).translate(message)


@pytest.mark.parametrize(
    ("merge", "endpoints"),
    [(None, ["track", "engage"]), ("original", ["track", "engage"]), ("simplified", ["engage"])],
)
def test_identify_is_sent_unless_ids_are_merged_by_events(merge: Any, endpoints: list[str]) -> None:
    """Segment always sends it; Simplified ID Merge takes none."""
    translation = translate(merge, type="identify", traits={"plan": "pro"})

    assert ([record.endpoint for record in translation.records], translation.dropped) == (endpoints, "")


def test_an_alias_is_dropped_where_there_are_none() -> None:
    """With the reason; elsewhere it is sent."""
    dropped, sent = (translate(merge, type="alias", previousId="p") for merge in ("simplified", None))

    assert (dropped.records, dropped.dropped) == ([], NO_ALIASES)
    assert ([record.body["event"] for record in sent.records], sent.dropped) == (["$create_alias"], "")


def test_an_identify_call_without_traits_needs_no_record() -> None:
    """The events of the user say the same: it is done, not lost."""
    translation = translate("simplified", type="identify")

    assert (translation.records, translation.matched, translation.dropped) == ([], True, "")


def test_an_event_joins_device_and_user() -> None:
    """It has both ids, as Segment sends them, whatever the merge."""
    (record,) = translate("simplified", type="track", event="A").records

    assert [record.body["properties"][name] for name in ("$device_id", "$user_id")] == ["a", "u"]
