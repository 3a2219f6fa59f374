"""What becomes of a message: its records, its links, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Project, StandIn, StoredMessage

Post = Callable[..., requests.Response]

TRACK = {"type": "track", "userId": "u", "event": "Signed Up", "messageId": "m-1"}


@pytest.fixture
def sent(stand_in: StandIn, post: Post) -> Callable[..., StoredMessage]:
    """Send one message, and give it as it was kept."""

    def send(message: Any, **batch: Any) -> StoredMessage:
        answer = post(stand_in.url + "/v1/batch", json={"batch": [message], **batch}, auth=("key", ""))
        assert answer.json() == {"success": True}
        return stand_in.store.messages()[-1]

    return send


def said(message: StoredMessage) -> list[tuple[str, str]]:
    """Give the severity and the field of what is said about a message."""
    return [(each["severity"], each["field"]) for each in message.errors]


def test_a_repeated_message_becomes_no_second_record(
    stand_in: StandIn, sent: Callable[..., StoredMessage]
) -> None:
    """Segment drops it: it is kept with a warning, beside the record of the first one."""
    first, second = sent(TRACK), sent(TRACK)
    assert len(stand_in.events) == 1
    assert said(second) == [("warning", "messageId")]
    assert stand_in.store.links(second.id) == stand_in.store.links(first.id)
    assert stand_in.requests[-1].duplicates == 1


def test_an_id_is_made_where_there_is_none(sent: Callable[..., StoredMessage]) -> None:
    """Each such message gets its own, so that none is taken for a repetition."""
    message = {name: value for name, value in TRACK.items() if name != "messageId"}
    assert sent(message).message_id != sent(message).message_id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"userId": None}, "userId"),
        ({"event": ""}, "event"),
        ({"type": "purchase"}, "type"),
        ({"type": "group"}, "groupId"),
        ({"type": "alias"}, "previousId"),
    ],
)
def test_what_segment_would_not_take_becomes_no_record(
    stand_in: StandIn, sent: Callable[..., StoredMessage], changes: dict[str, Any], field: str
) -> None:
    """It is kept with an error that names the field, and nothing is made of it."""
    message = sent({**TRACK, **changes})
    assert ("error", field) in said(message)
    assert stand_in.store.links(message.id) == []
    assert stand_in.events == []


def test_a_large_message_is_a_warning(stand_in: StandIn, sent: Callable[..., StoredMessage]) -> None:
    """It is taken, and it is said that Segment would drop it."""
    message = sent({**TRACK, "properties": {"text": "x" * 33_000}})
    assert said(message) == [("warning", "")]
    assert "32 KB" in message.errors[0]["message"]
    assert len(stand_in.events) == 1


def test_a_large_batch_is_a_warning(stand_in: StandIn, post: Post) -> None:
    """Each of its messages is taken, and says so."""
    batch = [{**TRACK, "messageId": f"m-{n}", "properties": {"text": "x" * 30_000}} for n in range(18)]
    assert post(stand_in.url + "/v1/batch", json={"batch": batch}, auth=("key", "")).ok
    assert len(stand_in.events) == 18
    assert {said(message)[0] for message in stand_in.store.messages()} == {("warning", "")}
    assert "500 KB" in stand_in.store.messages()[0].errors[0]["message"]


def test_integrations_are_heeded(stand_in: StandIn, sent: Callable[..., StoredMessage]) -> None:
    """A message that is not for Mixpanel becomes no record, and says why."""
    assert said(sent({**TRACK, "integrations": {"All": False}})) == [("warning", "integrations")]
    assert said(sent({**TRACK, "messageId": "m-2", "integrations": {"Mixpanel": False}})) != []
    assert stand_in.events == []
    choice = {"All": False, "Actions Mixpanel": True}
    assert said(sent({**TRACK, "messageId": "m-3", "integrations": choice})) == []
    assert len(stand_in.events) == 1


def test_a_mapping_that_fails_is_said_beside_the_message(
    stand_in: StandIn, post: Post, sent: Callable[..., StoredMessage]
) -> None:
    """The entry names the mapping."""
    message = sent({"type": "identify", "userId": "u", "traits": 5})
    assert all(set(each) == {"severity", "message", "field", "preset", "action"} for each in message.errors)
    assert message.errors


def test_what_no_mapping_takes_is_said(sent: Callable[..., StoredMessage], stand_in: StandIn) -> None:
    """A warning says that nothing is sent, rather than nothing being there."""
    stand_in.desk.use_mappings([])
    try:
        (entry,) = sent(TRACK).errors
        assert "no mapping" in entry["message"]
    finally:
        stand_in.desk.use_mappings(None)


def test_a_refused_record_is_linked(post: Post) -> None:
    """What Mixpanel would refuse is among the rejections, and the message leads there."""
    with StandIn(now=lambda: 1_700_000_000.0) as running:
        late = {**TRACK, "timestamp": "2040-01-01T00:00:00Z"}
        post(running.url + "/v1/batch", json={"batch": [late]}, auth=("key", ""))
        (message,) = running.store.messages()
        (rejection,) = running.rejections
        assert running.store.links(message.id) == [("rejection", rejection.id)]
        assert rejection.field == "properties.time"
        assert running.requests[-1].rejected == 1


def test_an_unknown_project_refuses_the_record(post: Post) -> None:
    """As Mixpanel's own import would; Segment's answer is yes all the same."""
    with StandIn(projects={"token": Project()}) as running:
        answer = post(running.url + "/v1/batch", json={"batch": [TRACK]}, auth=("nobody", ""))
        assert answer.json() == {"success": True}
        assert running.events == []
        assert running.rejections[0].message == "Invalid credentials"
