"""One destination that is broken for ever costs the others nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
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
@pytest.mark.parametrize(("threads", "queue"), [(1, "memory"), (3, "memory"), (1, "spool")])
def test_a_broken_destination_is_alone(
    server: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    broken: Callable[[str], Any],
    kind: str,
    state: str,
    threads: int,
    queue: str,
    tmp_path: Path,
) -> None:
    """While one hangs, raises, exits, answers garbage or never takes anything, another gets everything."""
    bad = broken(kind)
    place = f"spool:{tmp_path / 'spool'}" if queue == "spool" else queue
    policy = RetryPolicy(max_retries=5, first_wait=0.01, longest_wait=0.05, first_probe=0.01)
    client = mixpanel_client(
        server.url, plugins=(bad,), upload_size=20, thread=threads, retry=policy, queue=place
    )
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

    left = client.shutdown(0.3)
    if queue == "memory":
        adds_up(client, "Broken", accepted=EVENTS, delivered=0, pending=0)
    else:
        stats = client.stats()["Broken"]
        adds_up(client, "Broken", accepted=EVENTS, delivered=0, pending=left)
        assert "shutdown" not in stats.dropped
        kept = [line for path in tmp_path.rglob("dead-*") for line in path.read_text().splitlines()]
        assert len(kept) == sum(stats.dropped.values())
    assert {str(health.state) for health in client.health.values()} == {"closed"}
