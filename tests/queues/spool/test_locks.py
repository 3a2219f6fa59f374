"""Locks: one owner at a time, within a process and among several, living ones only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.locks import InstanceLock, instances, is_held, lock_file

_HOLDER = """
import sys
from pathlib import Path
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.locks import InstanceLock

directory = Directory.open_existing(Path(sys.argv[1]))
lock = InstanceLock.begin(directory)
print(lock.instance, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(directory: Directory) -> Callable[[], subprocess.Popen[str]]:
    """Starts a process that begins an instance, names it and holds it until it ends."""

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(directory.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )

    return start


def test_a_process_has_it_once(directory: Directory) -> None:
    """A second client of the same process does not get what the first holds, nor ends it by trying."""
    lock = InstanceLock.begin(directory)
    for _ in range(2):
        assert InstanceLock.take(directory, lock.instance) is None
    assert is_held(directory, lock.instance)
    lock.release()
    again = InstanceLock.take(directory, lock.instance)
    assert again is not None
    again.remove()
    assert instances(directory.names()) == []


def test_a_new_one_may_be_taken_for_left_over(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for what ended processes left may remove a new lock file before its maker locks it."""
    create, removed = Directory.create, list[str]()

    def create_and_lose(self: Directory, name: str) -> int:
        descriptor = create(self, name)
        if not removed:
            removed.append(name)
            other = InstanceLock.take(self, instances([name])[0])
            assert other is not None
            other.remove()
        return descriptor

    monkeypatch.setattr(Directory, "create", create_and_lose)
    lock = InstanceLock.begin(directory)
    assert lock.is_whole
    assert lock_file(lock.instance) not in removed
    lock.remove()


def test_it_is_one_by_whatever_path(directory: Directory, root: Path) -> None:
    """The same directory opened anew is the same."""
    lock = InstanceLock.begin(directory)
    other = Directory.open_existing(root / ".." / root.name / "shop")
    assert InstanceLock.take(other, lock.instance) is None
    lock.remove()
    other.close()


def test_it_ends_with_its_process(directory: Directory, holder: Callable[[], subprocess.Popen[str]]) -> None:
    """Another process's is not to be had while it lives, and to be had once it was killed."""
    with holder() as process:
        assert process.stdout is not None
        instance = process.stdout.readline().strip()
        assert InstanceLock.take(directory, instance) is None
        assert is_held(directory, instance)
        process.send_signal(signal.SIGKILL)
        process.wait()
        lock = InstanceLock.take(directory, instance)
        assert lock is not None
        lock.remove()


def test_who_asks_takes_nothing(
    directory: Directory, holder: Callable[[], subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is asked who has an instance, another process can take it: nobody is told that it is held."""
    lock = InstanceLock.begin(directory)
    lock.release()
    taking = (
        "import sys; from pathlib import Path\n"
        "from analytics_mixpanel.queues.spool.directory import Directory\n"
        "from analytics_mixpanel.queues.spool.locks import InstanceLock\n"
        "directory = Directory.open_existing(Path(sys.argv[1]))\n"
        "sys.exit(InstanceLock.take(directory, sys.argv[2]) is None)\n"
    )
    closed, taken = os.close, list[int]()

    def close_late(descriptor: int) -> None:
        if not taken:
            taken.append(-1)
            command = [sys.executable, "-c", taking, str(directory.path), lock.instance]
            path = str(Path(__file__).parents[3])
            taken[0] = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False).returncode
        closed(descriptor)

    with monkeypatch.context() as late:
        late.setattr("analytics_mixpanel.queues.spool.locks.os.close", close_late)
        assert not is_held(directory, lock.instance)
    assert taken == [0]


def test_asking_ends_no_lock(directory: Directory, holder: Callable[[], subprocess.Popen[str]]) -> None:
    """Neither this process's own nor another's is lost by a question."""
    lock = InstanceLock.begin(directory)
    with holder() as process:
        assert process.stdout is not None
        other = process.stdout.readline().strip()
        child = os.fork()
        if child == 0:
            os._exit(0 if all(is_held(directory, each) for each in (lock.instance, other) * 2) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert all(is_held(directory, each) for each in (lock.instance, other) * 2)
        assert InstanceLock.take(directory, other) is None
        process.kill()
    lock.remove()


def test_a_removed_one_is_not_taken(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens a lock file that its last owner is just removing gets nothing."""
    lock = InstanceLock.begin(directory)
    instance = lock.instance
    lock.release()
    opened = Directory.open_file

    def remove_after_opening(self: Directory, name: str, **options: bool) -> int:
        descriptor = opened(self, name, **options)
        self.remove(name)
        return descriptor

    monkeypatch.setattr(Directory, "open_file", remove_after_opening)
    assert InstanceLock.take(directory, instance) is None


def test_a_forked_child_holds_nothing(directory: Directory) -> None:
    """A child does not think that it holds its parent's, and closing what it inherited ends nothing."""
    lock = InstanceLock.begin(directory)
    child = os.fork()
    if child == 0:
        held_by_another = InstanceLock.take(directory, lock.instance) is None
        lock.release()
        os._exit(0 if held_by_another else 1)
    assert os.waitpid(child, 0)[1] == 0
    grandchild = os.fork()
    if grandchild == 0:  # another process, for which the parent must still hold it
        os._exit(0 if InstanceLock.take(directory, lock.instance) is None else 1)
    assert os.waitpid(grandchild, 0)[1] == 0
    lock.remove()


def test_it_knows_whether_it_is_whole(directory: Directory) -> None:
    """It notices that somebody has removed its file."""
    lock = InstanceLock.begin(directory)
    assert lock.is_whole
    directory.remove(lock_file(lock.instance))
    assert not lock.is_whole
    lock.release()
    assert not lock.is_whole


def test_later_ones_sort_after_earlier(directory: Directory) -> None:
    """What began first is delivered first."""
    locks = []
    for _ in range(3):
        locks.append(InstanceLock.begin(directory))
        time.sleep(0.002)
    assert instances(directory.names()) == [lock.instance for lock in locks]
    for lock in locks:
        lock.remove()
