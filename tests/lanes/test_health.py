"""What a client says of its destinations."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from analytics_mixpanel import Client, Outcome
from analytics_mixpanel.lanes.health import Health
from analytics_mixpanel.lanes.retry import RetryPolicy

MakeClient = Callable[..., Client]
SINCE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
LATER = datetime(2026, 2, 3, 4, 5, 36, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("health", "line"),
    [
        (Health("ok", SINCE), "ok since 2026-02-03 04:05:06 UTC"),
        (
            Health("retrying", SINCE, "HTTP 503: later", LATER),
            "retrying since 2026-02-03 04:05:06 UTC, next try 2026-02-03 04:05:36 UTC: HTTP 503: later",
        ),
    ],
)
def test_it_reads_as_a_line(health: Health, line: str) -> None:
    """State, times and reason, for a log or a status page."""
    assert str(health) == line


def test_a_new_client_is_well(make_client: MakeClient, answering: Any) -> None:
    """Each destination has its own health, from the beginning."""
    client = make_client(answering(name="First"), answering(name="Second"))
    assert {name: health.state for name, health in client.health.items()} == {"First": "ok", "Second": "ok"}


def test_it_follows_what_happens(make_client: MakeClient, answering: Any, wait_until: Any) -> None:
    """Failing, paused, well again and closed: with the reason, since when, and when it goes on."""
    outcomes = [Outcome(retry={0: "HTTP 503"}), Outcome(retry={0: "HTTP 401"}, paused="mend the token")]
    shop = answering(lambda _: outcomes[0] if outcomes else None)
    policy = RetryPolicy(max_retries=1_000, first_wait=30, longest_wait=30, first_probe=30)
    client = make_client(shop, retry=policy)
    began = datetime.now(timezone.utc)
    client.track("u", "a")
    wait_until(lambda: client.health["Shop"].state == "retrying")
    failing = client.health["Shop"]
    assert failing.reason == "HTTP 503"
    assert failing.next_try is not None
    assert failing.next_try > failing.since
    assert abs((failing.since - began).total_seconds()) < 20

    outcomes.pop(0)
    client.hurry()
    wait_until(lambda: client.health["Shop"].state == "paused")
    assert client.health["Shop"].reason == "mend the token"

    outcomes.pop(0)
    assert client.flush(30) == 0
    assert (client.health["Shop"].state, client.health["Shop"].reason) == ("ok", "")
    assert client.health["Shop"].next_try is None

    client.shutdown()
    assert client.health["Shop"].state == "closed"
    assert client.health["Shop"].next_try is None


def test_it_tells_of_a_destination_that_hangs(
    make_client: MakeClient, answering: Any, wait_until: Any
) -> None:
    """While ``deliver`` does not come back in its time the destination is not well; when it does, it is."""
    released = threading.Event()
    client = make_client(answering(lambda _: released.wait(60) and None), timeout=0.01)
    client.track("u", "a")
    wait_until(lambda: client.health["Shop"].state == "hanging")
    released.set()
    assert client.flush(30) == 0
    assert client.health["Shop"].state == "ok"
