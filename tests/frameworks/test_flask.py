"""The adapter for Flask, under gunicorn: loaded, then forked into two workers with threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest

from analytics_mixpanel.debugger import Event
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.flask import Analytics

Arrived = Callable[..., list[Event]]
_VISITORS = [f"user-{number}" for number in range(12)]


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any]) -> Any:
    """The shop on Flask, with both workers at work."""
    workers = ("--preload", "--workers", "2", "--threads", "4")
    served = serve("gunicorn", "flask_shop:app", "--bind", "127.0.0.1:{port}", *workers)
    deadline = time.monotonic() + 20
    while len(_working(served)) < 2:
        assert time.monotonic() < deadline, "only one worker works"
    return served


def _working(served: Any) -> set[str]:
    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(lambda _: served.get("/worker").text, range(16)))


def test_an_event_is_its_visitor_s(server: Any, arrived: Arrived) -> None:
    """In both workers, which were forked after the client had been made and used."""
    for visits in range(1, 20):
        server.visit("/seen", _VISITORS)
        events = arrived("Seen", visits * 12)
        assert all(event.distinct_id == event.properties["who"] for event in events)
        if len({event.properties["pid"] for event in events}) == 2:
            return
    pytest.fail("one of the workers had no visitor")


def test_who_signs_in_is_known_from_then_on(server: Any, arrived: Arrived) -> None:
    """The first event is nobody's, the second the user's, though one request made both."""
    server.get("/signed-in?who=ada")
    (came,), (signed_in,) = arrived("Came"), arrived("Signed In")
    assert "$user_id" not in came.properties
    assert signed_in.distinct_id == "ada"


def test_a_stream_is_its_visitor_s(server: Any, arrived: Arrived) -> None:
    """What tracks while the response is made is in the scope."""
    server.visit("/stream", _VISITORS)
    assert all(event.distinct_id == event.properties["who"] for event in arrived("Seen", 12))


def test_installed_twice_is_said() -> None:
    """An application takes the extension once."""
    app = flask.Flask("shop")
    analytics = Analytics(app)
    with pytest.raises(ConfigurationError, match="already"):
        analytics.init_app(app)


def test_wrong_options_are_said_at_once() -> None:
    """Also where the application comes later."""
    wrong: Any = {"trusted_proxies": "one"}
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        Analytics(**wrong)
