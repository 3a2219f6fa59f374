"""When the disk is told to keep what was written."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel.queues.spool import SpoolQueue, syncing

MakeSpool = Callable[..., SpoolQueue]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How large each file was that the disk was told to keep, in order."""
    sizes: list[int] = []
    sync = syncing._sync

    def noting(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(syncing, "_sync", noting)
    return sizes


def _put(queue: SpoolQueue, count: int) -> None:
    for _ in range(count):
        assert queue.put(b"x" * 100, ("Shop",)) == ()


def test_never_unless_asked_for(make_spool: MakeSpool, synced: list[int]) -> None:
    """By default the kernel writes in its own time."""
    queue = make_spool()
    queue.open("Shop")
    _put(queue, 5)
    queue.close()
    assert synced == []


def test_always_is_before_the_call_returns(make_spool: MakeSpool, synced: list[int]) -> None:
    """With ``always`` each call's message is on the disk when it returns."""
    queue = make_spool(fsync="always")
    queue.open("Shop")
    for number in range(1, 4):
        _put(queue, 1)
        assert len(synced) == number
    assert synced == sorted(set(synced))


def test_threads_share_a_sync(
    make_spool: MakeSpool, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits while another's sync is under way is served by one sync for all."""
    sync, first = syncing._sync, threading.Event()

    def slow(descriptor: int) -> None:
        if not first.is_set():
            first.set()
            time.sleep(0.3)  # the others have written and wait
        sync(descriptor)

    monkeypatch.setattr(syncing, "_sync", slow)
    queue = make_spool(fsync="always")
    queue.open("Shop")
    threads = [threading.Thread(target=_put, args=(queue, 1)) for _ in range(12)]
    threads[0].start()
    assert first.wait(30)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(synced) < 12
    (size,) = {path.stat().st_size for path in queue.directory().path.glob("*.seg")}
    assert synced[-1] == size


def test_sometimes_is_soon(
    make_spool: MakeSpool, synced: list[int], wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """With seconds, many calls share what a thread does after so long; the end leaves nothing out."""
    queue = make_spool(fsync=0.05)
    queue.open("Shop")
    _put(queue, 200)
    wait_until(lambda: bool(synced))
    assert len(synced) < 100
    _put(queue, 1)
    queue.close()
    assert synced[-1] == sum(path.stat().st_size for path in queue.directory().path.glob("*.seg"))
    queue.abandon()


def test_a_disk_that_does_not_keep(
    make_spool: MakeSpool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing sync is said, and the message taken all the same: it is written."""

    def failing(_: int) -> Any:
        raise OSError(errno.EIO, "failed")

    monkeypatch.setattr(syncing, "_sync", failing)
    queue = make_spool(fsync="always")
    (line,) = queue.open("Shop")
    _put(queue, 3)
    assert sum("does not keep" in record.getMessage() for record in caplog.records) == 1
    assert len(line.take_now(9, 1 << 30)) == 3
