"""Keeping dead letters: privately, in bounded space, and never at the cost of delivery."""

from __future__ import annotations

import logging
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_mixpanel.dead_letters import Letter
from analytics_mixpanel.dead_letters.files import append, files, lines, take_away
from analytics_mixpanel.dead_letters.keeping import DeadLetters
from analytics_mixpanel.queues.spool.directory import Directory, NotOurs

MakeLetter = Callable[..., Letter]
LARGE = 1 << 30


def _kept(directory: Directory) -> list[bytes]:
    """The bodies of all letters, oldest file first."""
    found = [each for name in files(directory) for each in lines(directory, name)]
    return [each.letter.body for each in found if each.letter]


def test_what_is_kept_is_read(directory: Directory, letter: MakeLetter) -> None:
    """Letters come back in their order."""
    dead = DeadLetters(lambda: directory, LARGE)
    dead.keep([letter(1), letter(2)])
    dead.keep([letter(3)])
    assert _kept(directory) == [letter(n).body for n in (1, 2, 3)]
    assert (dead.kept, dead.discarded, dead.failed) == (3, 0, 0)


def test_nothing_is_written_before_there_is_a_letter(directory: Directory) -> None:
    """A client that loses nothing leaves no file."""
    DeadLetters(lambda: directory, LARGE).keep([])
    assert files(directory) == []


def test_a_file_is_private(directory: Directory, letter: MakeLetter) -> None:
    """Whatever the umask, only the owner may read what was rejected."""
    before = os.umask(0)
    try:
        DeadLetters(lambda: directory, LARGE).keep([letter(1)])
    finally:
        os.umask(before)
    (name,) = files(directory)
    assert stat.S_IMODE((directory.path / name).stat().st_mode) == 0o600


def test_a_link_is_not_followed(directory: Directory, letter: MakeLetter, tmp_path: Path) -> None:
    """A link in the place of a file is neither written through nor read through."""
    target = tmp_path / "target"
    target.write_bytes(letter(9).line)
    dead = DeadLetters(lambda: directory, LARGE)
    name = f"dead-{dead.instance}-000000.ndjson"
    (directory.path / name).symlink_to(target)
    dead.keep([letter(1)])
    assert target.read_bytes() == letter(9).line
    assert (dead.kept, dead.failed) == (0, 1)
    with pytest.raises(NotOurs):
        list(lines(directory, name))


def test_the_oldest_file_goes_first(directory: Directory, letter: MakeLetter) -> None:
    """All files of the directory together stay below the bound; what goes is counted and said."""
    size = len(letter(100).line)
    first = DeadLetters(lambda: directory, 40 * size, instance="0" * 24)
    first.keep([letter(n) for n in range(100, 104)])
    second = DeadLetters(lambda: directory, 40 * size)
    for n in range(104, 200):
        second.keep([letter(n)])
    kept = _kept(directory)
    assert sum(directory.size(name) for name in files(directory)) <= 40 * size
    assert kept == [letter(n).body for n in range(200 - len(kept), 200)]
    assert len(kept) >= 30
    assert second.discarded == 100 - len(kept)


def test_a_discard_is_said_once(
    directory: Directory, letter: MakeLetter, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has one line for many, and no message."""
    dead = DeadLetters(lambda: directory, 1_000)
    with caplog.at_level(logging.WARNING, "analytics_mixpanel"):
        for n in range(100):
            dead.keep([letter(n)])
    assert len(caplog.records) == 1
    assert "Paid" not in caplog.text


def test_a_failing_disk_stops_nothing(
    tmp_path: Path, letter: MakeLetter, caplog: pytest.LogCaptureFixture
) -> None:
    """A directory that is gone is counted and logged; ``keep`` does not raise, and recovers."""
    opened = Directory.open(tmp_path / "spool", "shop")
    (tmp_path / "spool" / "shop").rmdir()
    dead = DeadLetters(lambda: opened, LARGE)
    dead.keep([letter(1), letter(2)])
    assert (dead.kept, dead.failed) == (0, 2)
    assert "dead letters could not be written: FileNotFoundError" in caplog.text
    again = Directory.open(tmp_path / "spool", "shop")
    dead.directory = lambda: again
    dead.keep([letter(3)])
    assert _kept(again) == [letter(3).body]
    opened.close()
    again.close()


def test_a_torn_line_costs_itself_alone(directory: Directory, letter: MakeLetter) -> None:
    """After a write that failed half way the next letter begins a line of its own."""
    dead = DeadLetters(lambda: directory, LARGE)
    dead.keep([letter(1)])
    (name,) = files(directory)
    append(directory, name, letter(2).line[:20])
    dead._torn = True  # as the failed write leaves it
    dead.keep([letter(3)])
    found = list(lines(directory, name))
    assert [each.letter and each.letter.body for each in found] == [letter(1).body, None, letter(3).body]


def test_what_is_taken_away_is_not_appended_to(directory: Directory, letter: MakeLetter) -> None:
    """Who reads the letters renames a file; the process goes on in a new one of the old name."""
    dead = DeadLetters(lambda: directory, LARGE)
    dead.keep([letter(1)])
    (name,) = files(directory)
    taken = take_away(directory, name)
    dead.keep([letter(2)])
    assert [each.letter and each.letter.body for each in lines(directory, taken)] == [letter(1).body]
    assert [each.letter and each.letter.body for each in lines(directory, name)] == [letter(2).body]
    assert take_away(directory, taken) == taken


def test_nothing_is_lost_while_it_is_taken_away(directory: Directory, letter: MakeLetter) -> None:
    """However often the file is renamed under a process that writes, each letter is in some file."""
    dead = DeadLetters(lambda: directory, LARGE)
    done = threading.Event()

    def write() -> None:
        for n in range(300):
            dead.keep([letter(n)])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[bytes] = set()
    while not done.is_set() or files(directory):
        for name in files(directory):
            taken = take_away(directory, name)
            seen.update(each.letter.body for each in lines(directory, taken) if each.letter)
            directory.remove(taken)
    writer.join()
    assert seen == {letter(n).body for n in range(300)}
    assert dead.failed == 0


def test_several_threads_lose_nothing(directory: Directory, letter: MakeLetter) -> None:
    """The lanes of a client keep side by side."""
    dead = DeadLetters(lambda: directory, LARGE)

    def keep(begin: int) -> None:
        for n in range(begin, begin + 50):
            dead.keep([letter(n)])

    threads = [threading.Thread(target=keep, args=(100 * k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_kept(directory)) == sorted(letter(k * 100 + n).body for k in range(4) for n in range(50))
