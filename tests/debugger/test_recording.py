"""What is noted of a request."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Post = Callable[..., requests.Response]

EVENT = {"event": "A", "properties": {"token": "token", "distinct_id": "u"}}


def test_a_request_is_noted_when_its_answer_arrives(stand_in: StandIn, post: Post) -> None:
    """Method, path, query, headers, size, status and counts."""
    headers = {"User-Agent": "test/1"}
    body = json.dumps([EVENT, {}]).encode()
    post(stand_in.url + "/track/?verbose=1&ip=0", data=body, headers=headers)
    (request,) = stand_in.requests
    assert (request.method, request.path, request.query) == ("POST", "/track/", {"verbose": "1", "ip": "0"})
    assert (request.headers["user-agent"], request.size, request.status) == ("test/1", len(body), 200)
    assert (request.accepted, request.rejected, request.dropped, request.duplicates) == (1, 1, 0, 0)
    assert stand_in.events[0].request == request.id


@pytest.mark.parametrize(
    ("credentials", "kind"),
    [
        (("s3cr3t-token", ""), "basic: token or secret"),
        (("s3cr3t-user", "s3cr3t-password"), "basic: user and password"),
    ],
)
def test_credentials_are_never_kept(
    restricted: StandIn, post: Post, credentials: tuple[str, str], kind: str
) -> None:
    """Only of which kind they were."""
    post(restricted.url + "/import", json=[], auth=credentials, params={"api_key": "s3cr3t-key"})
    (request,) = restricted.requests
    assert request.headers["authorization"] == kind
    assert "s3cr3t" not in repr(request)
    assert "czNjcjN0" not in repr(request)  # the same in base64


def test_a_bearer_token_is_never_kept(stand_in: StandIn, post: Post) -> None:
    """Nor a cookie, nor what is meant for a proxy."""
    headers = {"Authorization": "Bearer s3cr3t", "Cookie": "a=s3cr3t", "Proxy-Authorization": "Basic s3cr3t"}
    post(stand_in.url + "/import", json=[], headers=headers)
    assert stand_in.requests[0].headers["authorization"] == "bearer"
    assert "s3cr3t" not in repr(stand_in.requests)


def test_records_in_the_query_are_not_kept_with_it(stand_in: StandIn) -> None:
    """They are kept as events."""
    requests.get(stand_in.url + "/track", params={"data": json.dumps(EVENT), "ip": "0"}, timeout=10)
    assert stand_in.requests[0].query == {"ip": "0"}


def test_a_refused_request_is_noted_with_its_error(stand_in: StandIn, post: Post) -> None:
    """The reason can be read without the answer."""
    post(stand_in.url + "/import", json=[EVENT])
    post(stand_in.url + "/track", data=b"{")
    assert [(request.status, request.error) for request in stand_in.requests] == [
        (401, "Invalid credentials"),
        (200, "request body is not valid JSON"),
    ]


def test_what_is_not_found_is_noted_too(stand_in: StandIn, post: Post) -> None:
    """A wrong path is seen at once."""
    post(stand_in.url + "/v2/track", json=[])
    assert [(request.path, request.status) for request in stand_in.requests] == [("/v2/track", 404)]
