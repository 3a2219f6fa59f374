"""Every form in which a body may come, over HTTP."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Limits, StandIn
from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.reading import inflated

Post = Callable[..., requests.Response]

TRACKED = {"event": "A", "properties": {"token": "token", "distinct_id": "u"}}
IMPORTED = {"event": "A", "properties": {"time": 1_700_000_000, "distinct_id": "u", "$insert_id": "i"}}
UPDATE = {"$token": "token", "$distinct_id": "u", "$set": {"a": 1}}
GROUP_UPDATE = {"$token": "token", "$group_key": "company", "$group_id": "c", "$set": {"a": 1}}


def as_base64(record: Any) -> str:
    """Encode as the browser library does."""
    return base64.b64encode(json.dumps(record).encode()).decode()


BODIES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "an array": lambda record: {"json": [record]},
    "an object": lambda record: {"json": record},
    "a form": lambda record: {"data": {"data": json.dumps(record)}},
    "a form with an array": lambda record: {"data": {"data": json.dumps([record])}},
    "a form in base64": lambda record: {"data": {"data": as_base64(record)}},
    "the query": lambda record: {"params": {"data": as_base64(record)}},
}


@pytest.mark.parametrize("form", BODIES)
@pytest.mark.parametrize(
    ("path", "record"), [("/track", TRACKED), ("/engage", UPDATE), ("/groups", GROUP_UPDATE)]
)
def test_a_body_is_read_in_every_form(
    stand_in: StandIn, post: Post, path: str, record: Any, form: str
) -> None:
    """JSON, a form, raw or base64, and the query all carry records."""
    assert post(stand_in.url + path, **BODIES[form](record)).text == "1"
    counts = stand_in.store.counts()
    assert counts["events"] + counts["profiles"] + counts["groups"] == 1


@pytest.mark.parametrize("path", ["/track", "/track/"])
def test_get_carries_an_event_in_its_query(stand_in: StandIn, path: str) -> None:
    """A GET with ``data=`` is as good as a POST, with or without a slash at the end."""
    answer = requests.get(stand_in.url + path, params={"data": as_base64(TRACKED)}, timeout=10)
    assert answer.text == "1"
    assert [event.event for event in stand_in.events] == ["A"]


@pytest.mark.parametrize("path", ["/import/", "/engage/", "/groups/"])
def test_a_slash_at_the_end_is_taken(stand_in: StandIn, post: Post, path: str) -> None:
    """The browser library writes its paths so; nothing is redirected."""
    assert post(stand_in.url + path, json=[], auth=("token", "")).status_code in (200, 400)


def test_base64_without_padding_and_with_url_letters_is_read(stand_in: StandIn, post: Post) -> None:
    """The two alphabets of base64 are told apart by nobody, and padding may be left out."""
    record = {"event": "¿>?", "properties": {"token": "token", "distinct_id": "ÿÿÿ~~~"}}
    data = base64.urlsafe_b64encode(json.dumps(record, ensure_ascii=False).encode()).decode().rstrip("=")
    assert "-" in data or "_" in data
    assert post(stand_in.url + "/track", data={"data": data}).text == "1"
    assert stand_in.events[0].event == "¿>?"


def test_an_unescaped_plus_sign_of_base64_is_read(stand_in: StandIn, post: Post) -> None:
    """In a form it arrives as a space."""
    record = {"event": "~~~>>>~", "properties": {"token": "token", "distinct_id": "u>>>"}}
    data = as_base64(record)
    assert "+" in data
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(stand_in.url + "/track", data=f"data={data}", headers=headers).text == "1"


def test_options_are_read_from_the_form(stand_in: StandIn, post: Post) -> None:
    """``verbose`` and ``ip`` count in the body as in the query, where the official client has them."""
    data = {"data": json.dumps(TRACKED), "verbose": "1", "ip": "0"}
    assert post(stand_in.url + "/track", data=data).json() == {"error": None, "status": 1}
    assert "$city" not in stand_in.events[0].properties


def test_options_of_the_query_win(stand_in: StandIn, post: Post) -> None:
    """Where both say something, the query is heard."""
    data = {"data": json.dumps(TRACKED), "verbose": "1"}
    assert post(stand_in.url + "/track?verbose=0", data=data).text == "1"


def test_lines_of_json_are_imported(stand_in: StandIn, post: Post) -> None:
    """``/import`` takes newline-delimited JSON, and blank lines in it."""
    lines = [json.dumps(IMPORTED), json.dumps(IMPORTED).replace('"i"', '"j"'), ""]
    headers = {"Content-Type": "application/x-ndjson"}
    answer = post(stand_in.url + "/import", data="\n".join(lines), headers=headers, auth=("token", ""))
    assert answer.json() == {"code": 200, "num_records_imported": 2, "status": "OK"}


@pytest.mark.parametrize("path", ["/import", "/track"])
def test_a_gzipped_body_is_inflated(stand_in: StandIn, post: Post, path: str) -> None:
    """``/import`` and ``/track`` take gzip."""
    record = {"event": "A", "properties": {**TRACKED["properties"], **IMPORTED["properties"]}}  # type: ignore[dict-item]
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps([record]).encode())
    assert post(stand_in.url + path, data=body, headers=headers, auth=("token", "")).status_code == 200
    assert stand_in.requests[0].accepted == 1
    assert stand_in.requests[0].size == len(body)


@pytest.mark.parametrize("path", ["/engage", "/groups"])
def test_profile_updates_cannot_be_gzipped(stand_in: StandIn, post: Post, path: str) -> None:
    """Source: Mixpanel docs, Set Property: "does not support gzip encoding"."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps([UPDATE]).encode())
    assert post(stand_in.url + path, data=body, headers=headers).text == "0"
    assert stand_in.profiles == []


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(json.dumps([IMPORTED]).encode(), mtime=0)[:-4], b"\x1f\x8b"]
)
def test_broken_gzip_is_refused(stand_in: StandIn, post: Post, body: bytes) -> None:
    """A body that is not gzip, or stops early, is a bad request."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = post(stand_in.url + "/import", data=body, headers=headers, auth=("token", ""))
    assert (answer.status_code, answer.json()["error"]) == (400, "request body is not valid gzip")


@pytest.mark.parametrize("body", ["{", "[1,]", "NaN", "", "\ufeff[]", '[{"a":Infinity}]', "[" * 5000])
def test_malformed_json_is_refused(stand_in: StandIn, post: Post, body: str) -> None:
    """What is not JSON is a bad request to ``/import``."""
    headers = {"Content-Type": "application/json"}
    answer = post(stand_in.url + "/import", data=body.encode(), headers=headers, auth=("token", ""))
    assert answer.status_code == 400
    assert answer.json()["code"] == 400


@pytest.mark.parametrize("path", ["/track", "/engage", "/groups"])
def test_malformed_bodies_are_answered_with_0(stand_in: StandIn, post: Post, path: str) -> None:
    """The other endpoints say 0, with HTTP 200."""
    bodies: list[dict[str, Any]] = [
        {"data": b"{"},
        {"data": {"data": "%%%"}},
        {"data": {"other": "1"}},
        {"json": []},
    ]
    for arguments in bodies:
        answer = post(stand_in.url + path, **arguments)
        assert (answer.status_code, answer.text) == (200, "0")


def test_a_number_of_any_size_is_read(stand_in: StandIn, post: Post) -> None:
    """Integers beyond 64 bits become floats, beside text that is not UTF-8 too."""
    body = b'[{"event":"A","properties":{"token":"t","n":%b}},"\xff"]' % (b"9" * 40)
    headers = {"Content-Type": "application/json"}
    assert post(stand_in.url + "/track", data=body, headers=headers).text == "1"
    assert stand_in.events[0].properties["n"] == pytest.approx(1e40)


@pytest.fixture
def narrow() -> Any:
    """A stand-in that takes 2,000 bytes a request."""
    with StandIn(limits=Limits(request_bytes=2_000)) as running:
        yield running


@pytest.mark.parametrize("zipped", [True, False])
def test_a_request_that_is_too_large_is_a_413(narrow: StandIn, post: Post, zipped: bool) -> None:
    """What counts is the size before compression; the body is the documented one."""
    body = json.dumps([{"event": "x" * 2_000}]).encode()
    headers = {"Content-Type": "application/json"} | ({"Content-Encoding": "gzip"} if zipped else {})
    sent = gzip.compress(body) if zipped else body
    answer = post(narrow.url + "/import", data=sent, headers=headers, auth=("token", ""))
    assert answer.status_code == 413
    assert answer.json() == {
        "code": 413,
        "error": "request exceeds max limit of 2000 bytes",
        "status": "Request Entity Too Large",
    }


def test_a_body_far_past_the_limit_is_answered_and_not_cut_off(narrow: StandIn, post: Post) -> None:
    """The sender of megabytes reads the 413; it does not meet a closed connection."""
    answer = post(narrow.url + "/import", data=b"x" * 5_000_000, auth=("token", ""))
    assert answer.status_code == 413


def test_a_gzip_bomb_is_not_unpacked() -> None:
    """Inflating stops at the limit: 50 MB of zeros never take the room of 50 MB."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="2000 bytes"):
            inflated(bomb, "gzip", 2_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_post_without_a_length_is_refused(stand_in: StandIn, post: Post) -> None:
    """Mixpanel does not take chunked bodies."""
    answer = post(stand_in.url + "/import", data=iter([b"[]"]), auth=("token", ""))
    assert answer.status_code == 411
