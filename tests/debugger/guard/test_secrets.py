"""Credentials are neither kept nor shown, whatever way they came."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

SECRET = "s3cr3t-of-thirty-two-characters-"
FORMS = {
    "plain": SECRET,
    "basic": base64.b64encode(f"{SECRET}:".encode()).decode(),
    "account": base64.b64encode(f"user:{SECRET}".encode()).decode(),
}


def event(**changes: Any) -> dict[str, Any]:
    """Give a valid event."""
    return {
        "event": "A",
        "properties": {"time": time.time(), "distinct_id": "u", "$insert_id": "i", **changes},
    }


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "/import", "auth": (SECRET, ""), "json": [event()]},
        {"url": "/import", "auth": ("user", SECRET), "json": [event()]},
        {"url": "/import?project_id=5", "auth": ("user", SECRET), "json": [event()]},
        {"url": "/import", "headers": {"Authorization": f"Bearer {SECRET}"}, "json": [event()]},
        {"url": f"/import?api_key={SECRET}", "json": [event()]},
        {"url": f"/track?secret={SECRET}", "json": [event(token="t")]},
        {"url": "/v1/batch", "auth": (SECRET, ""), "json": {"batch": [{"type": "track", "userId": "u"}]}},
        {
            "url": "/v1/track",
            "auth": (SECRET, ""),
            "json": {"event": "A", "userId": "u", "writeKey": SECRET},
        },
        {"url": "/nothing", "headers": {"X-Api-Key": SECRET, "Cookie": f"session={SECRET}"}},
        {"url": "/import", "headers": {"Proxy-Authorization": f"Basic {FORMS['basic']}"}, "json": [event()]},
    ],
    ids=lambda request: request["url"].replace(SECRET, "…"),
)
def test_no_secret_is_written(tmp_path: Path, post: Post, request_: dict[str, Any]) -> None:
    """The file that everything is kept in holds it in no form."""
    path = tmp_path / "debugger.db"
    given = dict(request_)
    with StandIn(db=path, mask=True) as running:
        post(running.url + given.pop("url"), **given)
        assert len(running.requests) == 1
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"POST" in kept
    assert [name for name, form in FORMS.items() if form.encode() in kept] == []


def test_a_masked_project_is_one_project(post: Post) -> None:
    """Its events and its users are found together, under the same stand-in for the token."""
    with StandIn(mask=True) as running:
        post(running.url + "/import", json=[event()], auth=(SECRET, ""))
        post(running.url + "/track", json=[event(token=SECRET, **{"$insert_id": "j"})])
        post(running.url + "/engage", json=[{"$token": SECRET, "$distinct_id": "u", "$set": {"a": 1}}])
        post(running.url + "/v1/track", json={"event": "B", "userId": "u", "writeKey": SECRET})
        names = {each.project for each in running.events} | {running.profiles[0].project}
        names |= {message.token for message in running.store.messages()}
        (name,) = names
        assert name == running.desk.project_of(SECRET)
        assert name.startswith("s3cr…")
        assert running.desk.project_of(name) == name


def test_short_names_stay_as_they_are(post: Post) -> None:
    """Nobody's secret is so short, and a demo's token is readable."""
    with StandIn(mask=True) as running:
        post(running.url + "/import", json=[event()], auth=("demo", ""))
        assert running.events[0].project == "demo"
