"""One destination that is broken for ever costs the others nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client, Outcome
from analytics_mixpanel.lanes.retry import RetryPolicy

Make = Callable[..., Client]
AddsUp = Callable[..., None]
SURELY = 60.0
EVENTS = 300


@pytest.fixture
def broken(answering: Any) -> Iterator[Callable[[str], Any]]:
    """Makes destinations that are broken in a certain way."""
    over = threading.Event()

    def hang(_: Batch) -> None:
        over.wait(SURELY)

    def fall(_: Batch) -> None:
        raise RuntimeError("canary")

    def garble(_: Batch) -> Any:
        return {"anything": object()}

    def leave(_: Batch) -> None:
        raise SystemExit("canary")

    def refuse(batch: Batch) -> Outcome:
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "never"))

    def pause(batch: Batch) -> Outcome:
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "no"), paused="mend it")

    def stall(batch: Batch) -> Outcome:
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "no"), retry_after=float("inf"))

    kinds = {
        "hangs": hang,
        "raises": fall,
        "garbage": garble,
        "exits": leave,
        "retries": refuse,
        "paused": pause,
        "stalls": stall,
    }
    yield lambda kind: answering(kinds[kind], name="Broken")
    over.set()


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("hangs", "ok"),
        ("raises", "retrying"),
        ("garbage", "retrying"),
        ("exits", "ok"),
        ("retries", "retrying"),
        ("paused", "paused"),
        ("stalls", "retrying"),
    ],
)
@pytest.mark.parametrize("threads", [1, 3])
def test_a_broken_destination_is_alone(
    server: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    broken: Callable[[str], Any],
    kind: str,
    state: str,
    threads: int,
) -> None:
    """While one hangs, raises, exits, answers garbage or never takes anything, another gets everything."""
    bad = broken(kind)
    policy = RetryPolicy(max_retries=5, first_wait=0.01, longest_wait=0.05, first_probe=0.01)
    client = mixpanel_client(server.url, plugins=(bad,), upload_size=20, thread=threads, retry=policy)
    for number in range(EVENTS):
        client.track(f"user-{number % 7}", f"E{number}")
    deadline = time.monotonic() + SURELY
    while client.stats()["Mixpanel"].pending and time.monotonic() < deadline:
        client.flush(0.05)
    assert sorted(server.events) == sorted(f"E{number}" for number in range(EVENTS))
    assert client.health["Mixpanel"].state == "ok"
    assert client.health["Broken"].state == state
    adds_up(client, "Mixpanel", accepted=EVENTS, delivered=EVENTS, retried=0)
    adds_up(client, "Broken", accepted=EVENTS, delivered=0)

    client.shutdown(0.3)
    adds_up(client, "Broken", accepted=EVENTS, delivered=0, pending=0)
    assert {str(health.state) for health in client.health.values()} == {"closed"}
