"""Segment's HTTP API, over HTTP: what is answered, and what is kept."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from segment.analytics.client import Client as SegmentClient

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

CALL = {"userId": "u", "event": "Signed Up", "groupId": "acme", "previousId": "anon", "traits": {"size": 3}}


@pytest.mark.parametrize("zipped", [False, True])
def test_segments_own_client_delivers(stand_in: StandIn, zipped: bool) -> None:
    """segment-analytics-python, pointed here, has no error, and its calls become what Mixpanel would get."""
    errors: list[Exception] = []

    def note(error: Exception, _: object) -> None:
        errors.append(error)

    client = SegmentClient("write-key", host=stand_in.url, gzip=zipped, on_error=note)
    client.track("user-1", "Signed Up", {"plan": "pro"})
    client.identify("user-1", {"email": "user-1@example.com"})
    client.group("user-1", "acme", {"employees": 3})
    client.page("user-1", name="Pricing")
    client.alias("anon-1", "user-1")
    client.shutdown()

    assert errors == []
    kept = stand_in.store.messages()
    assert [message.type for message in kept] == ["track", "identify", "group", "page", "alias"]
    assert {(message.token, message.library, message.source) for message in kept} == {
        ("write-key", "analytics-python 2.4.0", "segment")
    }
    assert {each.event for each in stand_in.events} == {"Signed Up", "Viewed Pricing", "$create_alias"}
    assert stand_in.events[0].properties["plan"] == "pro"
    assert stand_in.profiles[0].properties == {"$email": "user-1@example.com"}
    assert stand_in.groups[0].properties == {"employees": 3}


def test_a_message_is_linked_to_its_records(stand_in: StandIn, post: Post) -> None:
    """From the message one finds the event, and from no message an event of another."""
    batch = [{**CALL, "type": "track", "event": name} for name in ("One", "Two")]
    post(stand_in.url + "/v1/batch", json={"batch": batch}, auth=("key", ""))
    first, second = stand_in.store.messages()
    one, two = stand_in.events
    assert (one.event, two.event) == ("One", "Two")
    assert stand_in.store.links(first.id) == [("event", one.id)]
    assert stand_in.store.links(second.id) == [("event", two.id)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((kind, kind) for kind in ("track", "identify", "page", "screen", "group", "alias")),
        *(("t", "track"), ("i", "identify"), ("p", "page"), ("g", "group"), ("a", "alias")),
    ],
)
def test_every_call_has_an_endpoint(stand_in: StandIn, post: Post, path: str, kind: str) -> None:
    """The type of a single message is in the path; analytics.js has short ones."""
    answer = post(f"{stand_in.url}/v1/{path}", json=CALL, auth=("key", ""))
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    (message,) = stand_in.store.messages()
    assert (message.type, message.body["type"]) == (kind, kind)
    assert message.errors == []


@pytest.mark.parametrize("path", ["batch", "b", "import"])
def test_batches_have_three_paths(stand_in: StandIn, post: Post, path: str) -> None:
    """The one of today, that of analytics.js, and the one of old clients."""
    body = {"batch": [{**CALL, "type": "track"}], "writeKey": "key"}
    assert post(f"{stand_in.url}/v1/{path}", json=body).json() == {"success": True}
    assert [event.project for event in stand_in.events] == ["key"]


def test_the_write_key_may_be_in_the_body(stand_in: StandIn, post: Post) -> None:
    """As analytics.js sends it; it is not kept with the message."""
    assert post(stand_in.url + "/v1/t", json={**CALL, "writeKey": "key"}).ok
    (message,) = stand_in.store.messages()
    assert message.token == "key"
    assert "writeKey" not in message.body


def test_a_request_without_a_write_key_is_refused(stand_in: StandIn, post: Post) -> None:
    """The answer and the kept request say what is missing."""
    answer = post(stand_in.url + "/v1/track", json=CALL)
    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert "writeKey" in answer.json()["message"]
    assert "writeKey" in stand_in.requests[-1].error


def test_gzip_is_understood(stand_in: StandIn, post: Post) -> None:
    """A body in gzip is as good as a plain one."""
    body = gzip.compress(json.dumps({**CALL, "writeKey": "key"}).encode())
    assert post(stand_in.url + "/v1/track", data=body, headers={"Content-Encoding": "gzip"}).ok
    assert len(stand_in.events) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("batch", b"nonsense"),
        ("batch", b""),
        ("batch", b"{}"),
        ("batch", b'{"batch":5}'),
        ("batch", b"[]"),
        ("track", b"[1]"),
        ("track", b'{"a":'),
        ("track", b'"text"'),
        ("track", b"[" * 100_000),
    ],
)
def test_what_cannot_be_read_is_a_400(stand_in: StandIn, post: Post, path: str, body: bytes) -> None:
    """Nothing is kept but the request, with the reason."""
    answer = post(f"{stand_in.url}/v1/{path}", data=body, auth=("key", ""))
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert stand_in.store.messages() == []
    assert stand_in.requests[-1].error == answer.json()["message"]


def test_bad_gzip_is_a_400(stand_in: StandIn, post: Post) -> None:
    """It is no failure of the server."""
    answer = post(stand_in.url + "/v1/track", data=b"no gzip", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400


def test_a_bomb_is_refused(stand_in: StandIn, post: Post) -> None:
    """What inflates past the bound is refused before it fills the memory."""
    body = gzip.compress(b" " * 40_000_000)
    answer = post(stand_in.url + "/v1/track", data=body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_text_that_is_not_utf8_costs_no_other_message(stand_in: StandIn, post: Post) -> None:
    """The bad characters are replaced, and everything is taken."""
    body = b'{"writeKey":"k","batch":[{"type":"track","userId":"u","event":"\xff\\ud83d"},'
    body += b'{"type":"track","userId":"u","event":"Good"}]}'
    assert post(stand_in.url + "/v1/batch", data=body).ok
    assert [event.event for event in stand_in.events][1:] == ["Good"]
    assert len(stand_in.events) == 2


def test_what_is_no_message_is_kept_and_said(stand_in: StandIn, post: Post) -> None:
    """A number among the messages costs none of them."""
    batch = [5, {**CALL, "type": "track"}, None]
    assert post(stand_in.url + "/v1/batch", json={"batch": batch}, auth=("key", "")).ok
    assert len(stand_in.events) == 1
    assert [bool(message.errors) for message in stand_in.store.messages()] == [True, False, True]


def test_what_a_batch_gives_to_all_reaches_each(stand_in: StandIn, post: Post) -> None:
    """A message's own context goes before the batch's."""
    messages = [{**CALL, "type": "track"}, {**CALL, "type": "track", "context": {"locale": "de"}}]
    body = {"batch": messages, "context": {"locale": "en", "ip": "1.2.3.4"}}
    post(stand_in.url + "/v1/batch", json=body, auth=("key", ""))
    assert [message.body["context"] for message in stand_in.store.messages()] == [
        {"locale": "en", "ip": "1.2.3.4"},
        {"locale": "de", "ip": "1.2.3.4"},
    ]


def test_analytics_js_is_told_to_post_here(stand_in: StandIn) -> None:
    """Loaded with this as its CDN, it sends here."""
    answer = requests.get(stand_in.url + "/v1/projects/key/settings", timeout=10).json()
    host = stand_in.url.removeprefix("http://")
    assert answer["integrations"]["Segment.io"] == {
        "apiKey": "key",
        "apiHost": f"{host}/v1",
        "protocol": "http",
    }


def test_other_mappings_can_be_in_force(post: Post) -> None:
    """What a message becomes is decided by the mappings that are given."""
    mappings: list[dict[str, Any]] = [
        {
            "name": "Renamed",
            "subscribe": 'type = "track"',
            "partnerAction": "trackEvent",
            "mapping": {"event": "Renamed", "distinct_id": {"@path": "$.userId"}},
        }
    ]
    with StandIn(mappings=mappings) as running:
        post(running.url + "/v1/track", json=CALL, auth=("key", ""))
        assert [event.event for event in running.events] == ["Renamed"]
        running.desk.use_mappings(None)
        post(running.url + "/v1/track", json=CALL, auth=("key", ""))
        assert [event.event for event in running.events] == ["Renamed", "Signed Up"]
