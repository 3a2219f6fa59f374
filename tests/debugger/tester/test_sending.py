"""The test event."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.tester import renewed, sample
from analytics_mixpanel.debugger.tester.sending import send

NO_EVENT = {
    "name": "Empty",
    "subscribe": 'type = "track"',
    "partnerAction": "trackEvent",
    "mapping": {},
    "enabled": True,
}


def test_a_test_event_arrives(stand_in: StandIn) -> None:
    """The record is kept as any other is, and so is the message, linked to it."""
    sent = send(stand_in.desk, renewed(sample("track")))
    assert sent.ok
    assert [event.event for event in stand_in.events] == ["Signed Up"]
    assert stand_in.store.links(sent.message) == [("event", stand_in.events[0].id)]
    assert (sent.records[0].state, sent.records[0].preset) == ("accepted", "Track Calls")


def test_every_record_has_its_fate(stand_in: StandIn) -> None:
    """An identify call becomes an identity event and a profile."""
    sent = send(stand_in.desk, renewed(sample("identify")))
    assert [(record.endpoint, record.state) for record in sent.records] == [
        ("track", "accepted"),
        ("engage", "accepted"),
    ]
    assert [profile.distinct_id for profile in stand_in.profiles] == ["user-42"]


def test_a_rejection_has_its_reason(stand_in: StandIn) -> None:
    """Mixpanel's own words and the field are with the record."""
    message: dict[str, Any] = {**renewed(sample("track")), "timestamp": "2099-01-01T00:00:00.000Z"}
    (record,) = send(stand_in.desk, message).records
    assert (record.state, record.field) == ("rejected", "properties.time")
    assert "must not be in the future" in record.reason


def test_mappings_under_test_are_used(stand_in: StandIn) -> None:
    """Those in force stay what they are, and an error is told."""
    before = stand_in.desk.mappings
    sent = send(stand_in.desk, renewed(sample("track")), [NO_EVENT])
    assert not sent.ok
    assert sent.records == []
    assert [error["preset"] for error in sent.errors] == ["Empty"]
    assert stand_in.desk.mappings == before


@pytest.mark.parametrize("message", [None, [], {"type": "nothing"}])
def test_a_message_without_records_says_why(stand_in: StandIn, message: Any) -> None:
    """Nothing arrives, and that is no success."""
    sent = send(stand_in.desk, message)
    assert not sent.ok
    assert sent.dropped or sent.errors
    assert stand_in.events == []
