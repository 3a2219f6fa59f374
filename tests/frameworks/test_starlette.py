"""The adapter for Starlette and FastAPI, under uvicorn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import Event
from analytics_mixpanel.frameworks.starlette import AnalyticsMiddleware, user_id

Arrived = Callable[..., list[Event]]
_VISITORS = [f"user-{number}" for number in range(12)]


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any]) -> Any:
    """The shop on FastAPI."""
    return serve("uvicorn", "fastapi_shop:app", "--port", "{port}")


@pytest.mark.parametrize("path", ["/async", "/sync", "/executor", "/background", "/stream", "/stream-sync"])
def test_an_event_is_its_visitor_s(server: Any, arrived: Arrived, path: str) -> None:
    """Wherever in a request the call is made, while other requests run."""
    server.visit(path, _VISITORS)
    events = arrived("Seen", len(_VISITORS))
    assert sorted(event.distinct_id for event in events) == sorted(_VISITORS)
    assert all(event.distinct_id == event.properties["who"] for event in events)


def test_the_request_s_facts_arrive(server: Any, arrived: Arrived) -> None:
    """Browser, language, page and campaign are Mixpanel's properties."""
    server.get(
        "/async?who=u&utm_source=news",
        x_user="u",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
        accept_language="de-AT",
        referer="https://search.example/",
        sec_ch_ua_platform='"Linux"',
    )
    (event,) = arrived("Seen")
    found = {
        "$browser": "Firefox",
        "$locale": "de-AT",
        "$referrer": "https://search.example/",
        "$current_url": f"{server.url}/async?who=u&utm_source=news",
        "utm_source": "news",
        "$platform": "Linux",
    }
    assert found.items() <= event.properties.items()


def test_the_address_is_the_client_s(server: Any) -> None:
    """It is what the one trusted proxy wrote; Mixpanel itself keeps only the place."""
    assert server.get("/address", x_forwarded_for="6.6.6.6, 203.0.113.7").json() == "203.0.113.7"
    assert server.get("/address").json() == "127.0.0.1"


def test_a_failing_lookup_costs_the_user_only(server: Any, arrived: Arrived) -> None:
    """The request is answered, and the event arrives as that of a visitor nobody knows."""
    server.get("/async?who=x", x_user="broken")
    (event,) = arrived("Seen")
    assert "$user_id" not in event.properties
    assert event.distinct_id == event.properties["$anon_id"]


def test_a_lookup_never_delays_a_request_that_tracks_nothing(server: Any) -> None:
    """It is not even asked: this one would take longer than the test."""
    assert server.get("/outside", x_user="slow").json() is False


def test_requests_on_one_connection_are_apart(server: Any) -> None:
    """No scope of one request is left for the next."""
    with requests.Session() as session:
        answers = [session.get(f"{server.url}/outside", timeout=20).json() for _ in range(3)]
    assert answers == [False] * 3


class _User:
    is_authenticated = True
    identity = "user-1"


class _Nameless(_User):
    @property
    def identity(self) -> str:  # type: ignore[override]
        raise NotImplementedError


@pytest.mark.parametrize(
    ("scope", "found"), [({}, None), ({"user": _User()}, "user-1"), ({"user": _Nameless()}, None)]
)
def test_the_user_is_the_authentication_s(scope: Any, found: str | None) -> None:
    """Without a lookup, it is the identity that AuthenticationMiddleware found."""
    app: Any = None
    subject = AnalyticsMiddleware(app)._subject({"type": "http", **scope})
    assert user_id(subject) == found
