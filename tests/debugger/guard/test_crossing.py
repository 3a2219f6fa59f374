"""What web pages of other origins may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

ORIGIN = {"Origin": "http://shop.example"}
CALL = {"event": "Signed Up", "userId": "user-1", "writeKey": "key"}
RECORD = {"event": "Signed Up", "properties": {"token": "key", "distinct_id": "user-1"}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/t", json.dumps(CALL)),
        ("/v1/batch", json.dumps({"writeKey": "key", "batch": [{**CALL, "type": "track"}]})),
        ("/track/?verbose=1&ip=1", {"data": json.dumps([RECORD])}),
    ],
)
def test_a_page_may_post_from_any_origin(stand_in: StandIn, path: str, body: Any) -> None:
    """As analytics.js and Mixpanel's own library do, as text or a form; it learns that it was taken."""
    kind = {} if isinstance(body, dict) else {"Content-Type": "text/plain"}
    answer = requests.post(stand_in.url + path, data=body, headers={**ORIGIN, **kind}, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "http://shop.example"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert [event.event for event in stand_in.events] == ["Signed Up"]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/projects/key/settings", "/track", "/engage/", "/groups"])
def test_a_page_may_ask_whether_it_may(stand_in: StandIn, path: str) -> None:
    """The question before a JSON body is answered, and is no arrival."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-a"}
    answer = requests.options(stand_in.url + path, headers={**ORIGIN, **asked}, timeout=30)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "http://shop.example"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type,x-a"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert stand_in.requests == []


@pytest.mark.parametrize("path", ["/import", "/debugger/live", "/debugger/", "/debugger/reports", "/"])
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "GET"])
def test_no_other_path_is_open_to_other_origins(stand_in: StandIn, path: str, method: str) -> None:
    """What arrived is read by the page's own origin alone, and changed by it alone."""
    asked = {"Access-Control-Request-Method": "POST"}
    answer = requests.request(method, stand_in.url + path, headers={**ORIGIN, **asked}, timeout=30)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_program_hears_nothing_of_origins(stand_in: StandIn) -> None:
    """Without an Origin the answer is Mixpanel's and no more."""
    answer = requests.post(stand_in.url + "/track", json=[RECORD], timeout=30)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
