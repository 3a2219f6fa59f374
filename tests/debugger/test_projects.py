"""Who may write to which project, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Project, StandIn

Post = Callable[..., requests.Response]


def event(**properties: Any) -> dict[str, Any]:
    """Give a valid event."""
    return {
        "event": "A",
        "properties": {"time": int(time.time()), "distinct_id": "u", "$insert_id": "i", **properties},
    }


@pytest.mark.parametrize(
    ("credentials", "project_id"),
    [
        (("token-a", ""), None),
        (("token-a", ""), "1"),
        (("secret-a", ""), None),
        (("secret-a", ""), "1"),
        (("alice", "pass-a"), "1"),
        (("carol", "pass-c"), "1"),
    ],
)
def test_good_credentials_import_into_their_project(
    restricted: StandIn, post: Post, credentials: tuple[str, str], project_id: str | None
) -> None:
    """A token or a secret without a password, or a service account with the project's id."""
    params = {"project_id": project_id} if project_id else {}
    assert post(restricted.url + "/import", json=[event()], auth=credentials, params=params).ok
    assert [kept.project for kept in restricted.events] == ["token-a"]


@pytest.mark.parametrize(
    ("credentials", "project_id", "error"),
    [
        (("nobody", ""), None, "Unauthorized, invalid project secret. See docs for more information: "),
        (("token-a", ""), "2", "Credentials in request did not match project_id URL parameter"),
        (("secret-a", ""), "2", "Credentials in request did not match project_id URL parameter"),
        (("mallory", "pass-a"), "1", "Not a valid service account username"),
        (("alice", "wrong"), "1", "Invalid service account credentials"),
        (("alice", "pass-a"), "2", "not a project member"),
        (("alice", "pass-a"), None, "project_id, missing or empty"),
        (("", ""), None, "Invalid credentials"),
        (None, None, "Invalid credentials"),
    ],
)
def test_bad_credentials_are_a_401(
    restricted: StandIn, post: Post, credentials: Any, project_id: str | None, error: str
) -> None:
    """The error says which part is wrong, and nothing is taken."""
    params = {"project_id": project_id} if project_id else {}
    answer = post(restricted.url + "/import", json=[event()], auth=credentials, params=params)
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (401, 401, "Unauthorized")
    assert error in body["error"]
    assert restricted.events == []
    assert restricted.requests[0].error == body["error"]


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic /w==", "Bearer abc", "nonsense"])
def test_a_broken_header_is_a_401(restricted: StandIn, post: Post, header: str) -> None:
    """What cannot be read is no credentials."""
    answer = post(restricted.url + "/import", json=[event()], headers={"Authorization": header})
    assert answer.status_code == 401


def test_credentials_are_checked_before_the_body(restricted: StandIn, post: Post) -> None:
    """A stranger learns nothing about what would be wrong with the body."""
    assert post(restricted.url + "/import", data=b"nonsense", auth=("nobody", "")).status_code == 401


def test_the_old_api_key_is_taken(restricted: StandIn, post: Post) -> None:
    """It stands in a form or in the query, as the oldest clients send it."""
    assert post(restricted.url + "/import", params={"api_key": "token-a"}, json=[event()]).ok
    assert post(restricted.url + "/import", params={"api_key": "nobody"}, json=[event()]).status_code == 401


def test_the_credentials_project_wins_over_the_events_token(restricted: StandIn, post: Post) -> None:
    """A token among the properties does not open another project."""
    assert post(restricted.url + "/import", json=[event(token="token-b")], auth=("token-a", "")).ok
    assert [kept.project for kept in restricted.events] == ["token-a"]


def test_unknown_tokens_are_answered_with_1_and_dropped(restricted: StandIn, post: Post) -> None:
    """``/track``, ``/engage`` and ``/groups`` never verify a token."""
    bodies: dict[str, dict[str, Any]] = {
        "/track": {"event": "A", "properties": {"token": "nobody", "distinct_id": "u"}},
        "/engage": {"$token": "nobody", "$distinct_id": "u", "$set": {"a": 1}},
        "/groups": {"$token": "nobody", "$group_key": "company", "$group_id": "c", "$set": {"a": 1}},
    }
    for path, body in bodies.items():
        assert post(restricted.url + path, json=[body]).text == "1"
    assert [request.dropped for request in restricted.requests] == [1, 1, 1]
    assert restricted.events + restricted.profiles + restricted.groups == []


def test_in_an_open_stand_in_any_credentials_are_good(stand_in: StandIn, post: Post) -> None:
    """Every token is a project; an event may name it where the credentials do not."""
    url = stand_in.url + "/import"
    post(url, json=[event()], auth=("my-token", ""))
    post(url, json=[event(token="my-token", n=2)], auth=("my-secret", ""))
    post(url, json=[event()], auth=("account", "password"), params={"project_id": "77"})
    assert [(kept.project, kept.duplicates) for kept in stand_in.events] == [("my-token", 1), ("77", 0)]


def test_even_an_open_stand_in_asks_for_credentials(stand_in: StandIn, post: Post) -> None:
    """An ``/import`` without any would fail at Mixpanel's."""
    assert post(stand_in.url + "/import", json=[event()]).status_code == 401


def test_a_project_does_not_show_its_secrets() -> None:
    """Not in a log, not in a traceback."""
    text = repr(Project("the-secret", {"user": "the-password"}))
    assert "the-secret" not in text
    assert "the-password" not in text


def test_a_bearer_token_names_no_project(stand_in: StandIn, post: Post) -> None:
    """Any is good in an open stand-in, and none is shown."""
    headers = {"Authorization": "Bearer s3cr3t"}
    assert post(stand_in.url + "/import", json=[event()], headers=headers).ok
    assert post(stand_in.url + "/import?project_id=77", json=[event()], headers=headers).ok
    assert [kept.project for kept in stand_in.events] == ["bearer", "77"]
