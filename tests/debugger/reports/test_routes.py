"""The door for reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.reports.routes import MOST_BYTES, MOST_MESSAGES, PATH

Post = Callable[..., requests.Response]

REPORT: dict[str, Any] = {"process": {"host": "h", "pid": 7, "started": 1.5}, "client": 1, "plugins": []}


def test_a_report_is_taken(stand_in: StandIn, post: Post) -> None:
    """The answer has nothing to say, and the client is shown."""
    answer = post(stand_in.url + PATH, json={"report": REPORT, "messages": []})
    assert (answer.status_code, answer.content) == (204, b"")
    shown = requests.get(stand_in.url + PATH, timeout=10).json()["clients"]
    assert [
        (client["process"]["pid"], client["state"]) for client in shown if client["process"]["host"] == "h"
    ] == [(7, "live")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"nonsense", "no JSON"),
        (b"[]", "report, missing"),
        (b'{"report": {}}', "process, missing"),
        (b'{"report": {"process": {"pid": "7"}}}', "no number"),
        (b'{"report": {"process": {"host": "h", "pid": 7, "started": 1}}, "messages": {}}', "must be a list"),
        (
            orjson.dumps({"report": REPORT, "messages": [None] * (MOST_MESSAGES + 1)}),
            "at most",
        ),
    ],
)
def test_what_is_no_report_is_refused(stand_in: StandIn, post: Post, body: bytes, reason: str) -> None:
    """The answer says why, and nothing is kept."""
    answer = post(stand_in.url + PATH, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert reason in answer.text
    assert stand_in.store.messages() == []


def test_a_report_that_is_too_long_is_refused(stand_in: StandIn, post: Post) -> None:
    """It is not kept in memory either."""
    answer = post(
        stand_in.url + PATH, data=b" " * (MOST_BYTES + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_a_web_page_cannot_report(stand_in: StandIn, post: Post) -> None:
    """A browser names its origin, and another site's is not let in."""
    answer = post(stand_in.url + PATH, json={"report": REPORT}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
