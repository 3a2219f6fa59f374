"""From a live client's message to the records that arrived of it."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.tester import renewed, sample

REPORT: dict[str, Any] = {"process": {"host": "h", "pid": 7, "started": 1.5}, "client": 1}


def _deliver(stand_in: StandIn, message: dict[str, Any]) -> None:
    """Have the records of a message arrive as from a client of its own."""
    for record in stand_in.desk.translate(message, "another-token").records:
        stand_in.desk.ingest([record.body], record.endpoint, "another-token")


def _links(stand_in: StandIn) -> list[tuple[str, int]]:
    (message,) = stand_in.store.messages()
    return stand_in.store.links(message.id)


def test_records_that_came_before_are_linked(stand_in: StandIn) -> None:
    """An order's products are events of it too."""
    message = renewed(sample("order"))
    _deliver(stand_in, message)
    stand_in.desk.reports.take(REPORT, [message])
    assert sorted(_links(stand_in)) == [("event", event.id) for event in stand_in.events]
    assert len(stand_in.events) == 3


def test_records_that_come_later_are_linked(stand_in: StandIn) -> None:
    """The next report looks for them again."""
    message = renewed(sample("track"))
    stand_in.desk.reports.take(REPORT, [message])
    assert _links(stand_in) == []
    _deliver(stand_in, message)
    stand_in.desk.reports.take(REPORT, [])
    assert _links(stand_in) == [("event", stand_in.events[0].id)]


def test_an_update_of_a_profile_is_found_by_being_the_same(stand_in: StandIn) -> None:
    """Another one of the same user is another message's."""
    message = renewed(sample("group"))
    _deliver(stand_in, message)
    _deliver(stand_in, {**message, "messageId": "other", "traits": {"name": "Other"}})
    stand_in.desk.reports.take(REPORT, [message])
    assert _links(stand_in) == [("operation", stand_in.store.operations()[0].id)]


def test_a_refusal_is_linked(stand_in: StandIn) -> None:
    """It is what Mixpanel made of the message."""
    message = {**renewed(sample("track")), "timestamp": "2099-01-01T00:00:00.000Z"}
    _deliver(stand_in, message)
    stand_in.desk.reports.take(REPORT, [message])
    assert _links(stand_in) == [("rejection", stand_in.rejections[0].id)]


def test_another_clients_records_are_not_linked(stand_in: StandIn) -> None:
    """Equal but for its id, an event is another one."""
    _deliver(stand_in, renewed(sample("track")))
    stand_in.desk.reports.take(REPORT, [renewed(sample("track"))])
    assert _links(stand_in) == []
