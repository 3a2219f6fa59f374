"""Scripted answers, as a sender sees them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

EVENT = {"event": "A", "properties": {"token": "token", "distinct_id": "u"}}


@pytest.fixture
def send(stand_in: StandIn, post: Post) -> Callable[[], requests.Response]:
    """Track one event."""
    return lambda: post(stand_in.url + "/track", json=EVENT)


Send = Callable[[], requests.Response]


def test_a_scripted_answer_is_given_so_many_times(stand_in: StandIn, send: Send) -> None:
    """Then the real ones follow; what got a scripted answer was not taken in."""
    stand_in.answer_next(503, times=2)
    assert [send().status_code for _ in range(3)] == [503, 503, 200]
    assert len(stand_in.events) == 1
    assert [request.status for request in stand_in.requests] == [503, 503, 200]


def test_answers_are_given_in_the_order_they_were_asked_for(stand_in: StandIn, send: Send) -> None:
    """The first that fits is next."""
    stand_in.answer_next(503)
    stand_in.answer_next(429, headers={"Retry-After": "2"})
    assert send().status_code == 503
    answer = send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, "Invalid credentials"),
        (413, "request exceeds max limit of 2097152 bytes"),
        (429, "Project exceeded rate limits. Please retry the request with exponential backoff."),
    ],
)
def test_known_statuses_have_their_usual_body(stand_in: StandIn, send: Send, status: int, error: str) -> None:
    """Without a body of the test's own, it is Mixpanel's."""
    stand_in.answer_next(status)
    body = send().json()
    assert (body["code"], body["error"]) == (status, error)


def test_any_body_can_be_given(stand_in: StandIn, send: Send) -> None:
    """HTML with a 200, as from a captive portal; JSON of another shape; bytes that are no text."""
    stand_in.answer_next(200, body="<html></html>", headers={"Content-Type": "text/html"})
    stand_in.answer_next(200, body={"status": 0, "error": "a temporary failure occurred"})
    stand_in.answer_next(200, body=b"\xff\xfe")
    html = send()
    assert (html.text, html.headers["Content-Type"]) == ("<html></html>", "text/html")
    assert send().json() == {"status": 0, "error": "a temporary failure occurred"}
    assert send().content == b"\xff\xfe"


def test_a_redirect_can_be_given(stand_in: StandIn, send: Send) -> None:
    """With its target in the headers."""
    stand_in.answer_next(301, headers={"Location": "http://127.0.0.1:1/"})
    answer = send()
    assert (answer.status_code, answer.headers["Location"]) == (301, "http://127.0.0.1:1/")


def test_only_requests_to_a_path_can_be_meant(stand_in: StandIn, post: Post, send: Send) -> None:
    """Others get their real answers meanwhile; a slash at the end makes no difference."""
    stand_in.answer_next(503, path="/engage")
    assert send().status_code == 200
    assert post(stand_in.url + "/engage/", json=[]).status_code == 503


def test_the_real_answer_can_be_delayed(stand_in: StandIn, send: Send) -> None:
    """Without a status it is the real one, only later."""
    stand_in.answer_next(delay=0.05)
    began = time.monotonic()
    assert send().text == "1"
    assert time.monotonic() - began >= 0.05
    assert len(stand_in.events) == 1


def test_a_delay_keeps_nobody_else_waiting(stand_in: StandIn, post: Post) -> None:
    """Other connections are served meanwhile."""
    stand_in.answer_next(delay=5, path="/import")
    with pytest.raises(requests.ReadTimeout):
        post(stand_in.url + "/import", json=[], timeout=0.05)
    assert post(stand_in.url + "/track", json=EVENT, timeout=10).text == "1"


def test_a_failure_can_hide_a_success(stand_in: StandIn, send: Send) -> None:
    """The records are taken in, and the sender is told otherwise."""
    stand_in.answer_next(503, ingest=True)
    assert send().status_code == 503
    assert len(stand_in.events) == 1
    assert (stand_in.requests[0].status, stand_in.requests[0].accepted) == (503, 1)


@pytest.mark.parametrize("ingest", [True, False])
def test_a_connection_can_be_dropped(stand_in: StandIn, send: Send, ingest: bool) -> None:
    """Before or after the records are taken in; the next request finds all well."""
    stand_in.answer_next(drop=True, ingest=ingest)
    with pytest.raises(requests.ConnectionError):
        send()
    assert len(stand_in.events) == int(ingest)
    assert stand_in.requests[0].status is None
    assert send().text == "1"


def test_a_large_request_can_be_answered_early(stand_in: StandIn, post: Post) -> None:
    """The whole body is read first, so that the sender meets the answer."""
    stand_in.answer_next(429)
    assert post(stand_in.url + "/import", data=b"x" * 5_000_000).status_code == 429
    assert stand_in.requests[0].size == 5_000_000


def test_an_answer_can_stand_until_it_is_taken_back(stand_in: StandIn, send: Send) -> None:
    """Without a number it is given to every request; those that have one come first."""
    stand_in.answer_next(503, times=None)
    stand_in.answer_next(429)
    assert [send().status_code for _ in range(4)] == [429, 503, 503, 503]
    stand_in.answer_as_usual()
    assert send().status_code == 200
