"""From a live client's message to the records that arrived of it."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.debugger import Event, StandIn, StoredMessage
from analytics_mixpanel.debugger.tester import renewed, sample

_DEVICE = "5f0c3e7a-9d1b-4c58-8a36-2f7b1e64d901"
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


def test_messages_that_say_the_same_have_an_update_each(stand_in: StandIn) -> None:
    """The oldest update is the oldest message's, whichever of the two ways was faster."""
    messages = [{**sample("group"), "messageId": name} for name in ("one", "two", "three")]
    _deliver(stand_in, messages[0])
    stand_in.desk.reports.take(REPORT, messages[:2])
    _deliver(stand_in, messages[1])
    _deliver(stand_in, messages[2])
    stand_in.desk.reports.take(REPORT, messages[2:])
    links = [stand_in.store.links(message.id) for message in stand_in.store.messages()]
    updates = [operation.id for operation in stand_in.store.operations()]
    assert links == [[("operation", update)] for update in updates]
    assert len(updates) == 3


def test_the_events_that_merge_ids_are_linked(stand_in: StandIn) -> None:
    """They have no $insert_id, and are known by the ids that they merge."""
    person = {
        "type": "identify",
        "messageId": "m-1",
        "userId": "user-1",
        "anonymousId": _DEVICE,
        "traits": {},
    }
    alias = {"type": "alias", "messageId": "m-2", "userId": "user-1", "previousId": "user-0"}
    for message in (person, alias):
        _deliver(stand_in, message)
    stand_in.desk.reports.take(REPORT, [person, alias])
    kinds = {(message.message_id, event.event) for message, event in _linked_events(stand_in)}
    assert kinds == {("m-1", "$identify"), ("m-2", "$create_alias")}


def test_an_update_of_a_merged_user_is_linked(stand_in: StandIn) -> None:
    """It names another id than the profile that it changes."""
    alias = {"type": "alias", "messageId": "m-1", "userId": "user-1", "previousId": "user-0"}
    update = {"type": "identify", "messageId": "m-2", "userId": "user-1", "traits": {"plan": "pro"}}
    for message in (alias, update):
        _deliver(stand_in, message)
    stand_in.desk.reports.take(REPORT, [update])
    assert _links(stand_in) == [("operation", stand_in.store.operations()[0].id)]


def _linked_events(stand_in: StandIn) -> list[tuple[StoredMessage, Event]]:
    by_id = {event.id: event for event in stand_in.events}
    return [
        (message, by_id[number])
        for message in stand_in.store.messages()
        for kind, number in stand_in.store.links(message.id)
        if kind == "event"
    ]
