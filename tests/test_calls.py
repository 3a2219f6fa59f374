"""The calls: analytics-python's signatures, what they build, what they refuse."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from segment.analytics.client import Client as Upstream

import analytics_mixpanel
from analytics_mixpanel import Client, hookimpl
from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.testing import recording_client

CALLS = ["identify", "track", "alias", "group", "page", "screen"]
# For each call, arguments that it takes.
GOOD: dict[str, dict[str, Any]] = {
    "identify": {"user_id": "user-1"},
    "track": {"user_id": "user-1", "event": "Paid"},
    "alias": {"previous_id": "user-0", "user_id": "user-1"},
    "group": {"user_id": "user-1", "group_id": "group-1"},
    "page": {"user_id": "user-1"},
    "screen": {"user_id": "user-1"},
}
_CANARY = "secret-canary"


def _shape(function: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    parameters = inspect.signature(function).parameters.values()
    return [(each.name, each.kind, each.default) for each in parameters if each.name != "self"]


@pytest.mark.parametrize("call", CALLS)
def test_a_method_has_upstream_s_parameters(call: str) -> None:
    """Names, order, kinds and defaults are analytics-python's."""
    assert _shape(getattr(Client, call)) == _shape(getattr(Upstream, call))


@pytest.mark.parametrize("call", CALLS)
def test_a_function_has_upstream_s_parameters(call: str) -> None:
    """The module's function takes what the method takes."""
    assert _shape(getattr(analytics_mixpanel, call)) == _shape(getattr(Upstream, call))


@pytest.mark.parametrize("call", CALLS)
def test_a_call_gives_success_and_message(call: str) -> None:
    """A call answers whether the message was taken, and the message with its type, id and time."""
    client, recording = recording_client()
    success, message = getattr(client, call)(**GOOD[call])
    assert success is True
    assert message["type"] == call
    assert recording.messages == [message]
    assert message["messageId"]
    assert datetime.fromisoformat(message["timestamp"])
    assert message["integrations"] == {}


@pytest.mark.parametrize("call", CALLS)
def test_a_message_has_upstream_s_fields(call: str) -> None:
    """Whatever upstream's message has is in ours, with the same value save ids, times and the library."""
    theirs = getattr(Upstream("key", send=False), call)(**GOOD[call])[1]
    ours = getattr(recording_client(library_name="analytics-python")[0], call)(**GOOD[call])[1]
    assert ours.keys() == theirs.keys()
    for field in theirs.keys() - {"messageId", "timestamp", "context"}:
        assert ours[field] == theirs[field], field
    assert ours["context"]["library"]["name"] == theirs["context"]["library"]["name"]


def test_every_argument_has_its_place() -> None:
    """Each of the arguments of ``page`` appears in the field that the wire form has for it."""
    client, _ = recording_client()
    when = datetime(2014, 9, 3)
    _, message = client.page(
        "u", "Docs", "Intro", {"a": 1}, {"ip": "10.0.0.1"}, when, "anon", {"Mixpanel": True}, "id-1"
    )
    library = message["context"].pop("library")
    assert library["name"] == "analytics-mixpanel"
    assert message == {
        "type": "page",
        "userId": "u",
        "category": "Docs",
        "name": "Intro",
        "properties": {"a": 1},
        "context": {"ip": "10.0.0.1"},
        "timestamp": "2014-09-03T00:00:00.000+00:00",
        "anonymousId": "anon",
        "integrations": {"Mixpanel": True},
        "messageId": "id-1",
    }


@pytest.mark.parametrize(
    ("call", "changed", "name"),
    [
        ("identify", {"user_id": None}, "user_id"),
        ("identify", {"user_id": [_CANARY]}, "user_id"),
        ("identify", {"anonymous_id": {_CANARY: 1}}, "anonymous_id"),
        ("identify", {"traits": [_CANARY]}, "traits"),
        ("track", {"event": None}, "event"),
        ("track", {"event": [_CANARY]}, "event"),
        ("track", {"properties": _CANARY}, "properties"),
        ("track", {"context": _CANARY}, "context"),
        ("track", {"integrations": [_CANARY]}, "integrations"),
        ("track", {"timestamp": _CANARY}, "timestamp"),
        ("alias", {"previous_id": None}, "previous_id"),
        ("alias", {"user_id": None}, "user_id"),
        ("group", {"group_id": None}, "group_id"),
        ("group", {"traits": (_CANARY,)}, "traits"),
        ("page", {"name": [_CANARY]}, "name"),
        ("screen", {"category": {_CANARY}}, "category"),
    ],
)
def test_a_wrong_argument_is_named(call: str, changed: dict[str, Any], name: str) -> None:
    """A wrong argument raises an AssertionError that names it, shows no value, and queues nothing."""
    client, recording = recording_client()
    with pytest.raises(AssertionError) as caught:
        getattr(client, call)(**{**GOOD[call], **changed})
    assert isinstance(caught.value, ArgumentError)
    assert name in str(caught.value)
    assert _CANARY not in str(caught.value)
    assert len(recording) == 0


def test_the_caller_s_dicts_stay_as_they_are() -> None:
    """No argument is changed, though the message gets a library and more."""
    client, _ = recording_client()
    properties, context, integrations = {"a": {"b": [1]}}, {"ip": "10.0.0.1"}, {"All": True}
    client.track("u", "e", properties, context, integrations=integrations)
    assert properties == {"a": {"b": [1]}}
    assert context == {"ip": "10.0.0.1"}
    assert integrations == {"All": True}


def test_a_later_change_is_not_delivered(make_client: Callable[..., Client], answering: Any) -> None:
    """What is delivered are the values at the time of the call, at every depth."""
    shop = answering()
    client = make_client(shop, upload_interval=60)
    properties: dict[str, Any] = {"total": 1, "items": [{"n": 1}]}
    context = {"page": {"url": "before"}}
    client.track("u", "e", properties, context)
    properties["total"] = 2
    properties["items"][0]["n"] = 2
    properties["items"].append({"n": 3})
    context["page"]["url"] = "after"
    client.flush()
    assert shop.messages[0]["properties"] == {"total": 1, "items": [{"n": 1}]}
    assert shop.messages[0]["context"]["page"] == {"url": "before"}


def test_id_and_time_are_those_of_the_call(make_client: Callable[..., Client], answering: Any) -> None:
    """Every attempt to deliver carries the messageId and timestamp that the call returned."""
    shop = answering()
    shop.answer = lambda batch: 1 / 0 if batch.attempt < 3 else None
    client = make_client(shop)
    _, message = client.track("u", "e")
    client.flush()
    assert len(shop.batches) == 3
    assert {each["messageId"] for each in shop.messages} == {message["messageId"]}
    assert {each["timestamp"] for each in shop.messages} == {message["timestamp"]}


def test_a_message_id_may_be_given() -> None:
    """A given id is kept, as text."""
    number = UUID(int=7)
    client, recording = recording_client()
    client.track("u", "e", message_id=number)
    assert recording.messages[0]["messageId"] == str(number)


def test_the_library_is_settable(monkeypatch: pytest.MonkeyPatch) -> None:
    """``context.library.name`` comes from the parameter, else from the environment, else is ours."""

    def name(**settings: str) -> str:
        client, recording = recording_client(**settings)
        client.track("u", "e")
        return str(recording.messages[0]["context"]["library"]["name"])

    monkeypatch.delenv("ANALYTICS_MIXPANEL_LIBRARY", raising=False)
    assert name() == "analytics-mixpanel"
    monkeypatch.setenv("ANALYTICS_MIXPANEL_LIBRARY", "from-environment")
    assert name() == "from-environment"
    assert name(library_name="from-parameter") == "from-parameter"


def test_the_library_carries_the_version() -> None:
    """``context.library.version`` is the distribution's."""
    client, recording = recording_client()
    client.track("u", "e")
    assert recording.messages[0]["context"]["library"]["version"] == analytics_mixpanel.__version__


def test_a_library_in_the_context_stays() -> None:
    """A message that says which library it is from goes on saying so."""
    client, recording = recording_client()
    client.track("u", "e", context={"library": {"name": "theirs"}})
    assert recording.messages[0]["context"]["library"] == {"name": "theirs"}


class TestEnqueue:
    """Messages that are in wire form already."""

    def test_it_goes_as_it_is(self) -> None:
        """A complete message is delivered unchanged, unknown fields and all."""
        client, recording = recording_client()
        message = {"type": "track", "event": "e", "messageId": "m", "timestamp": "t", "x": [1], "userId": 5}
        assert client.enqueue(message) == (True, message)
        assert recording.messages == [message]

    def test_it_gets_what_every_message_needs(self) -> None:
        """One without id and time gets them, and the caller's dict does not."""
        client, recording = recording_client()
        message = {"type": "track", "event": "e"}
        client.enqueue(message)
        assert recording.messages[0]["messageId"]
        assert recording.messages[0]["timestamp"]
        assert message == {"type": "track", "event": "e"}

    def test_plugins_change_copies(self) -> None:
        """What a plugin changes in place, in the properties or the context, is not the caller's."""

        class Adding:
            @hookimpl
            def capture(self, message: Any) -> None:
                message["properties"]["added"] = message["context"]["added"] = True

        client, recording = recording_client(plugins=[Adding()])
        message: dict[str, Any] = {"type": "track", "event": "e", "properties": {}, "context": {}}
        client.enqueue(message)
        assert recording.messages[0]["properties"] == recording.messages[0]["context"] == {"added": True}
        assert message["properties"] == message["context"] == {}

    @pytest.mark.parametrize("wrong", [None, "track", [], {}, {"type": None}, {"type": 3}])
    def test_a_wrong_one_is_refused(self, wrong: Any) -> None:
        """What is no message raises an error that names it."""
        client, _ = recording_client()
        with pytest.raises(ArgumentError, match="message"):
            client.enqueue(wrong)
