"""A disk that is full, read-only or gone: the application goes on, and so do its messages."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel.queues.spool.line import SpoolLine

LARGE = 1 << 30
MakeSpool = Callable[..., SpoolQueue]


def _taken(line: SpoolLine) -> list[bytes]:
    taken: list[bytes] = []
    while bodies := line.take_now(1_000, LARGE):
        taken += bodies
        line.settle()
    return taken


_MEGABYTE = 1 << 20


@pytest.fixture(params=["limited", pytest.param("mounted", marks=pytest.mark.stress)])
def tiny(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of one megabyte: files that fill up as one does or, for who may mount some, a real one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if request.param == "limited":
        _limit(disk / "spool", monkeypatch)
        yield disk / "spool"
        return
    command = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "none", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may mount no disk")
    yield disk / "spool"
    subprocess.run(["umount", "-l", str(disk)], check=True)


def _limit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write into a folder what a megabyte holds: the rest of a write is left out, the next one fails."""
    write, status = os.write, os.fstatvfs

    def free() -> int:
        return _MEGABYTE - sum(path.stat().st_size for path in folder.glob("*/*"))

    def write_what_fits(descriptor: int, data: bytes) -> int:
        if len(data) > (left := max(0, free())):
            if not left:
                raise OSError(errno.ENOSPC, "no space left on device")
            data = data[:left]
        return write(descriptor, data)

    def small(descriptor: int) -> Any:
        found = status(descriptor)
        blocks, left = _MEGABYTE // found.f_frsize, free() // found.f_frsize
        return os.statvfs_result((*found[:2], blocks, left, left, *found[5:10]))

    monkeypatch.setattr(os, "write", write_what_fits)
    monkeypatch.setattr(os, "fstatvfs", small)


def test_a_full_disk_is_replaced_by_memory(
    make_spool: MakeSpool, tiny: Path, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit is in memory, and nothing lost, out of order or said twice."""
    queue = make_spool(root=tiny)
    (line,) = queue.open("Shop")
    bodies = [b"%d " % number * 100 for number in range(4_000)]
    for body in bodies:
        assert queue.put(body, ("Shop",)) == ()
    assert sum("messages are kept in memory" in each.getMessage() for each in caplog.records) == 1
    assert line.remembers > 0
    assert _taken(line) == bodies
    clock.now += 31
    queue.put(b"again on disk", ("Shop",))
    assert line.remembers == 0
    assert _taken(line) == [b"again on disk"]


def test_order_holds_over_memory_and_disk(make_spool: MakeSpool, tiny: Path, clock: Any) -> None:
    """What was in memory comes after what was on disk before, and before what is there afterwards."""
    queue = make_spool(root=tiny)
    (line,) = queue.open("Shop")
    bodies = [b"%d " % number * 100 for number in range(4_000)]
    for body in bodies:
        queue.put(body, ("Shop",))
    line.take_now(1_500, LARGE)
    line.settle()
    line.take_now(1_000, LARGE)
    line.settle()
    assert line.remembers > 0
    clock.now += 31
    queue.put(b"last", ("Shop",))
    assert _taken(line)[-1] == b"last"


def test_memory_is_bounded(make_spool: MakeSpool, tiny: Path) -> None:
    """While the disk is full, as many messages are kept as memory may hold; the rest is refused."""
    queue = make_spool(root=tiny, maxsize=10)
    (line,) = queue.open("Shop")
    bodies = [b"%d " % number * 100 for number in range(4_000)]
    refused = [body for body in bodies if queue.put(body, ("Shop",))]
    assert line.remembers == 10
    kept = _taken(line)
    assert len(kept) + len(refused) == 4_000
    assert sorted([*kept, *refused]) == sorted(bodies)


def test_what_is_only_in_memory_is_lost_at_the_end(make_spool: MakeSpool, tiny: Path) -> None:
    """The end gives up what no disk has; what one has, stays."""
    queue = make_spool(root=tiny)
    (line,) = queue.open("Shop")
    bodies = [b"%d " % number * 100 for number in range(4_000)]
    for body in bodies:
        queue.put(body, ("Shop",))
    remembered = line.remembers
    lost = line.close()
    queue.close()
    assert len(lost) == remembered > 0
    (heir,) = make_spool(root=tiny).open("Shop")
    assert _taken(heir) + lost == bodies


def test_a_read_only_directory(make_spool: MakeSpool, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files can neither be made nor written, memory serves until they can."""
    queue = make_spool()
    queue.check()
    (line,) = queue.open("Shop")
    opened = os.open

    def read_only(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "read-only")
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", read_only)
    assert queue.put(b"a", ("Shop",)) == ()
    assert line.remembers == 1
    monkeypatch.setattr(os, "open", opened)
    clock.now += 31
    assert queue.put(b"b", ("Shop",)) == ()
    assert line.remembers == 1
    assert _taken(line) == [b"a", b"b"]


@pytest.mark.parametrize("error", [errno.EIO, errno.EDQUOT], ids=["EIO", "quota"])
def test_a_disk_that_fails_to_write(
    make_spool: MakeSpool, monkeypatch: pytest.MonkeyPatch, error: int, clock: Any
) -> None:
    """An error in the midst of things, and a message that is written in part, lose nothing."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    queue.put(b"before", ("Shop",))
    written = os.write
    failing = [True, True]

    def write(descriptor: int, data: bytes) -> int:
        if failing and failing.pop():
            if error == errno.EDQUOT:
                return written(descriptor, data[: len(data) // 2])
            raise OSError(error, "failed")
        return written(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    assert queue.put(b"during", ("Shop",)) == ()
    clock.now += 31
    assert queue.put(b"during again", ("Shop",)) == ()
    clock.now += 31
    assert queue.put(b"after", ("Shop",)) == ()
    assert not failing
    assert _taken(line) == [b"before", b"during", b"during again", b"after"]


def test_a_removed_directory(make_spool: MakeSpool, root: Path, clock: Any) -> None:
    """Somebody removes it all: what was at hand is delivered, and before long the disk is used again."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    queue.put(b"a", ("Shop",))
    assert line.take_now(1, LARGE) == [b"a"]
    shutil.rmtree(root)
    assert line.settle() is True
    queue.put(b"b", ("Shop",))
    assert _taken(line) == [b"b"]
    clock.now += 6
    line.take_now(1, LARGE)  # looks around
    queue.put(b"c", ("Shop",))
    assert any((root / "shop").glob("*.seg"))
    assert _taken(line) == [b"c"]
    line.close()
    queue.close()
    assert list((root / "shop").iterdir()) == []


def test_a_directory_that_became_unsafe(
    make_spool: MakeSpool, root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, clock: Any
) -> None:
    """A link in place of the removed directory is not followed: memory serves, and the log says why."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    queue.put(b"a", ("Shop",))
    _taken(line)
    shutil.rmtree(root)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    root.symlink_to(tmp_path / "elsewhere")
    for _ in range(2):
        clock.now += 6
        line.take_now(1, LARGE)
    queue.put(b"b", ("Shop",))
    assert line.remembers == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert any("is a link" in record.getMessage() for record in caplog.records)
    assert _taken(line) == [b"b"]


def test_files_cannot_be_opened(make_spool: MakeSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit of open files nothing is taken for lost: it is tried again."""
    queue = make_spool(max_bytes=8_000)
    (line,) = queue.open("Shop")
    bodies = [b"%d" % number * 20 for number in range(60)]
    for body in bodies:
        queue.put(body, ("Shop",))
    opened = os.open

    def no_more(*_: Any, **__: Any) -> int:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as limited:
        limited.setattr(os, "open", no_more)
        assert line.take_now(9, LARGE) == []
    assert os.open is opened
    assert _taken(line) == bodies


def test_a_limit_on_the_size_of_files(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """A process that may write no large files delivers all the same, with real torn frames."""
    program = """
import logging, resource
from pathlib import Path
from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings

logging.disable()
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
now = [0.0]
queue = SpoolQueue(SpoolSettings(Path("spool").absolute(), "shop"), lambda: now[0])
(line,) = queue.open("Shop")
bodies = [b"%d " % number * 30 for number in range(2_000)]
for number, body in enumerate(bodies):
    assert queue.put(body, ("Shop",)) == ()
    now[0] += 31 if number % 50 == 49 else 0  # try the disk again
taken = []
while some := line.take_now(1_000, 1 << 30):
    taken += some
    line.settle()
assert sorted(taken) == sorted(bodies), (len(taken), len(bodies))
"""
    ended = run_python(program)
    assert ended.returncode == 0, ended.stderr


def test_a_start_without_a_disk(make_spool: MakeSpool, root: Path, tmp_path: Path) -> None:
    """A forked child whose directory is gone for good keeps its messages in memory."""
    (tmp_path / "file").write_text("")
    queue = make_spool(root=tmp_path / "file" / "spool")
    (line,) = queue.open("Shop")
    with pytest.raises(ConfigurationError):
        queue.check()
    assert queue.put(b"a", ("Shop",)) == ()
    assert _taken(line) == [b"a"]


@pytest.fixture(autouse=True)
def _log_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "analytics_mixpanel")
