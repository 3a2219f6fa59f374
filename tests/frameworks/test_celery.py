"""The adapter for Celery, with a worker of two processes and a folder as its broker."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import scope
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.frameworks.celery import carried, received
from analytics_mixpanel.scopes import Values

_TASKS = 7
_WITHIN = 30.0


def test_the_scope_travels_with_the_task(start: Callable[..., Any], stand_in: StandIn) -> None:
    """Through retries and tasks that tasks send, and no further; a worker that ends delivers what it has."""
    assert start("celery_sender").process.wait(_WITHIN) == 0
    worker = start("celery", "--app", "celery_shop", "worker", "--concurrency", "2", "--loglevel", "INFO")
    deadline = time.monotonic() + _WITHIN
    while worker.log.read_text().count(" succeeded in ") < _TASKS:
        assert time.monotonic() < deadline, worker.log.read_text()
        time.sleep(0.05)
    assert stand_in.events == [], "nothing is due before the end"
    worker.process.terminate()
    worker.process.wait(_WITHIN)

    found = {
        (event.event, event.distinct_id): {
            name: event.properties.get(name) for name in ("scoped", "team", "from")
        }
        for event in stand_in.events
    }
    carried_along = {"scoped": True, "team": "red", "from": "sender"}
    nothing = {"scoped": False, "team": None, "from": None}
    assert found == {
        **{(name, user): carried_along for name in ("Seen", "Handed On") for user in ("user-1", "user-2")},
        **{("Alone", f"alone-{number}"): nothing for number in range(3)},
    }


def test_a_header_holds_all_of_a_scope() -> None:
    """What is received is what was carried, also values that JSON does not have."""
    with scope(
        user_id="u", anonymous_id="a", properties={"at": {1}}, groups={"team": ["x"], "c": None}
    ) as opened:
        values = received(carried(opened.values()))
    assert values == Values("u", "a", {"at": [1]}, {}, {"team": ["x"], "c": None})


def test_the_id_of_a_visitor_nobody_knows_travels() -> None:
    """The events of the request and of its task belong together."""
    assert received(carried(Values(fallback_id="f"))).fallback_id == "f"


def test_a_long_scope_travels_without_its_values(caplog: pytest.LogCaptureFixture) -> None:
    """A broker is not filled; the ids are what matters most."""
    with caplog.at_level(logging.WARNING):
        values = received(carried(Values("u", properties={"text": "x" * 40_000})))
    assert values == Values("u")
    assert "too long" in caplog.text


def test_installed_twice_is_said(run_python: Callable[..., Any]) -> None:
    """The second time is a warning, and the adapter works once."""
    ended = run_python(
        """
        from analytics_mixpanel.frameworks import celery
        from celery import signals

        celery.install()
        celery.install()
        print(len(signals.task_prerun.receivers))
        """
    )
    assert ended.stdout == "1\n", ended.stderr
    assert "installed twice" in ended.stderr
