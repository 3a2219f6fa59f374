"""``sync_mode`` with a spool: delivered in the call, or kept on disk until it can be."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client, Outcome
from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel.errors import QueueFull
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel.testing import recording_client

Make = Callable[..., Client]
#: Tried again so late that only a flush does.
LATE = RetryPolicy(first_wait=3_600, longest_wait=3_600)


def _busy(batch: Batch) -> Outcome:
    """What a destination answers that takes nothing now."""
    return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "busy"))


@pytest.fixture
def spool(tmp_path: Path) -> str:
    """The setting of a queue on disk."""
    return f"spool:{tmp_path / 'spool'}"


@pytest.fixture
def make(make_client: Make, spool: str) -> Make:
    """Makes clients that deliver within the call, with a spool."""

    def make_it(*plugins: object, **settings: Any) -> Client:
        return make_client(*plugins, **{"queue": spool, "sync_mode": True, "timeout": 0.2, **settings})

    return make_it


def _segments(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "spool").rglob("*.seg"))


def test_what_is_delivered_touches_no_disk(make: Make, answering: Any, tmp_path: Path) -> None:
    """While the destination answers, the call delivers, no thread runs and nothing is written."""
    shop = answering()
    client = make(shop)
    for event in "abc":
        assert client.track("u", event)[0] is True
        assert shop.events[-1] == event
    assert client.consumers == []
    assert _segments(tmp_path) == []
    assert client.stats()["Shop"].delivered == 3


def test_what_is_not_delivered_is_kept(make: Make, answering: Any, tmp_path: Path) -> None:
    """An outage costs one call its time; that message and those that follow wait on disk, in order."""
    down = [True]
    shop = answering(lambda batch: _busy(batch) if down else None)
    client = make(shop, retry=LATE)
    assert client.track("u", "0")[0] is True, "it is kept"
    started = time.monotonic()
    for number in range(1, 200):
        assert client.track("u", str(number))[0] is True
    assert time.monotonic() - started < 20, "not 200 times the timeout"
    assert _segments(tmp_path)
    assert (client.pending, client.stats()["Shop"].pending) == (200, 200)

    down.clear()
    shop.batches.clear()
    assert client.flush(30) == 0
    assert shop.events == [str(number) for number in range(200)]
    assert client.track("u", "200")[0] is True
    assert shop.events[-1] == "200", "in the call again"
    assert client.stats()["Shop"].delivered == 201


def test_what_is_refused_is_not_kept(make: Make, answering: Any, tmp_path: Path) -> None:
    """A message that the destination rejects is lost, and the call says so."""
    client = make(answering(lambda _: Outcome(rejected={0: Rejection("bad")})))
    assert client.track("u", "a")[0] is False
    assert client.stats()["Shop"].rejected == 1
    assert _segments(tmp_path) == []


def test_each_destination_by_itself(make: Make, answering: Any) -> None:
    """What one destination took is kept for the other alone."""
    good, bad = answering(name="Good"), answering(_busy, name="Bad")
    client = make(good, bad, retry=LATE)
    assert client.track("u", "a")[0] is True
    assert client.track("u", "b")[0] is True
    assert good.events == ["a", "b"]
    stats = client.stats()
    assert (stats["Good"].delivered, stats["Good"].pending) == (2, 0)
    assert (stats["Bad"].delivered, stats["Bad"].pending) == (0, 2)


def test_memory_before_the_disk(make: Make, answering: Any, tmp_path: Path) -> None:
    """With ``spill`` what cannot be delivered waits in memory first, and on disk after the end."""
    client = make(answering(_busy), when_full="spill", retry=LATE)
    assert client.track("u", "a")[0] is client.track("u", "b")[0] is True
    assert _segments(tmp_path) == []
    assert client.shutdown(0.1) == 2
    assert _segments(tmp_path)


def test_a_full_spool(make: Make, answering: Any) -> None:
    """What finds no room is dropped as chosen, and counted once."""
    client = make(answering(_busy), spool_max_bytes=2_000, when_full="raise", retry=LATE)

    def fill() -> None:
        for _ in range(100):
            assert client.track("u", "a", {"pad": "x" * 100})[0] is True

    with pytest.raises(QueueFull):
        fill()
    stats = client.stats()["Shop"]
    assert stats.dropped == {"queue full": 1}
    assert stats.pending == client.pending == stats.accepted - 1


_OUTAGE = """
import os, signal, sys
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel
client = Client("token", plugins=[Mixpanel()], discover=False, queue=sys.argv[1], sync_mode=True, timeout=0.5)
for number in range(50):
    assert client.track("u", "Kept", {"n": number})[0]
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_next_process_delivers(
    run_python: Callable[..., subprocess.CompletedProcess[str]], stand_in: Any, spool: str
) -> None:
    """What a killed process could not deliver arrives from the next, which is synchronous too."""
    stand_in.answer_next(503, times=None)
    told = {"MIXPANEL_API_HOST": stand_in.url}
    assert run_python(_OUTAGE, spool, timeout=60, **told).returncode == -signal.SIGKILL
    assert stand_in.events == []
    stand_in.answer_as_usual()
    with Client("token", stand_in.url, queue=spool, sync_mode=True):
        assert stand_in.wait_until(lambda: len(stand_in.events) == 50, 60)
    assert [event.properties["n"] for event in stand_in.events] == list(range(50))


def test_a_client_for_tests_stays_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests of an application leave nothing on disk, whatever its environment says."""
    monkeypatch.setenv("ANALYTICS_MIXPANEL_QUEUE", f"spool:{tmp_path}")
    monkeypatch.setenv("ANALYTICS_MIXPANEL_WHEN_FULL", "spill")
    client, recorded = recording_client()
    client.track("u", "a")
    client.shutdown()
    assert len(recorded) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sync_mode", [False, True])
@pytest.mark.parametrize("when_full", ["drop-new", "spill", "block:60"])
def test_what_is_too_long_for_a_spool(make: Make, answering: Any, sync_mode: bool, when_full: str) -> None:
    """A message that no spool can keep is dropped at once, for that reason."""
    shop = answering()
    client = make(shop, max_message_bytes=5_000_000, sync_mode=sync_mode, when_full=when_full)
    assert client.track("u", "a", {"text": "x" * 1_100_000})[0] is False
    assert client.track("u", "b", {"text": "x" * 1_000_000})[0] is True
    assert client.flush(30) == 0
    assert client.stats()["Shop"].dropped == {"longer than 1048576 bytes": 1}
    assert shop.events == ["b"]
