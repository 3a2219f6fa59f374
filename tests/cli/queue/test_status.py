"""``queue status``: whose, how much, for whom, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_what_a_process_left(command: Command, spooling: Any) -> None:
    """An ended process's messages are counted for each destination, with the age of the oldest; exit 1."""
    spooling.leave(1, 2, 3, destinations=("Shop", "Other"))
    done = command("queue", "status", str(spooling.root), "--json")
    (row,) = done.rows
    assert (row["what"], row["files"], row["messages"]) == ("orphan", 1, 3)
    assert row["destinations"] == {"Shop": 3, "Other": 3}
    assert 0 <= row["oldest_seconds"] < 600
    assert row["bytes"] > 300
    assert done.status == 1


def test_what_is_settled_does_not_count(command: Command, spooling: Any) -> None:
    """What one destination has settled waits for the other alone."""
    queue = spooling.queue()
    (shop,), _ = queue.open("Shop"), queue.open("Other")
    for n in range(3):
        queue.put(b'{"n":%d}' % n, ("Shop", "Other"))
    shop.take_now(2, 1 << 20)
    shop.settle()
    queue.close()
    (row,) = command("queue", "status", str(spooling.root), "--json").rows
    assert row["destinations"] == {"Shop": 1, "Other": 3}
    assert row["oldest_seconds"] is None


def test_a_living_process_is_said_to_be_alive(command: Command, spooling: Any) -> None:
    """What a running client has is its own business: exit 0."""
    queue = spooling.queue()
    queue.open("Shop")
    queue.put(b"{}", ("Shop",))
    done = command("queue", "status", str(spooling.root), "--json")
    (row,) = done.rows
    assert (row["what"], row["messages"], done.status) == ("alive", 1, 0)
    queue.close()


def test_dead_letters_and_damage_are_counted(command: Command, spooling: Any) -> None:
    """Dead letters by destination, and files that were set aside; each is worth an exit code of 1."""
    spooling.bury(1, 2)
    spooling.bury(3, destination="Other")
    done = command("queue", "status", str(spooling.root), "--json")
    (row,) = done.rows
    assert (row["what"], row["messages"], row["destinations"]) == ("dead letters", 3, {"Shop": 2, "Other": 1})
    assert done.status == 1
    (spooling.root / "project" / "x.seg.corrupt").write_bytes(b"12345")
    rows = command("queue", "status", str(spooling.root), "--json").rows
    assert [(row["files"], row["bytes"]) for row in rows if row["what"] == "corrupt"] == [(1, 5)]


def test_each_project_has_its_rows(command: Command, spooling: Any) -> None:
    """A directory holds the spools of several projects; one of them may be looked at alone."""
    spooling.leave(1, name="first")
    spooling.leave(2, 3, name="second")
    rows = command("queue", "status", str(spooling.root), "--json").rows
    assert [(row["spool"], row["messages"]) for row in rows] == [("first", 1), ("second", 2)]
    rows = command("queue", "status", str(spooling.root / "second"), "--json").rows
    assert [(row["spool"], row["messages"]) for row in rows] == [("second", 2)]


def test_people_get_a_table(command: Command, spooling: Any) -> None:
    """Without ``--json`` it is a table."""
    spooling.leave(1)
    done = command("queue", "status", str(spooling.root))
    assert "orphan" in done.out
    assert "Shop 1" in done.out
    assert " bytes" in done.out


def test_an_age_is_that_of_waiting(command: Command, spooling: Any) -> None:
    """A time that a call was given, years ago or years ahead, is not when the message began to wait."""
    queue = spooling.queue()
    queue.open("Shop")
    for year in ("2999", "1999"):
        queue.put(b'{"timestamp":"%s-01-01T00:00:00Z"}' % year.encode(), ("Shop",))
        (row,) = command("queue", "status", str(spooling.root), "--json").rows
        assert 0 <= row["oldest_seconds"] < 600
    queue.close()


def test_nothing_is_said_to_be_nothing(command: Command, spooling: Any) -> None:
    """Where everything was delivered people get no empty table."""
    with spooling.directory():
        assert command("queue", "status", str(spooling.root)).out == "nothing waits\n"


def test_an_empty_spool_is_well(command: Command, spooling: Any) -> None:
    """Where everything was delivered there is no row, and the status is 0."""
    with spooling.directory():
        done = command("queue", "status", str(spooling.root), "--json")
    assert (done.rows, done.status) == ([], 0)


@pytest.mark.parametrize("what", ["missing", "empty", "shared"])
def test_what_is_no_spool_is_an_error(command: Command, tmp_path: Path, what: str) -> None:
    """A directory that is not there, has no spool or may be written by others: exit 2, and why."""
    if what != "missing":
        (tmp_path / what).mkdir()
        (tmp_path / what).chmod(0o777 if what == "shared" else 0o700)
    done = command("queue", "status", str(tmp_path / what))
    assert done.status == 2
    assert what in done.err
    assert "Traceback" not in done.err


def test_no_message_is_in_it(command: Command, spooling: Any) -> None:
    """A status shows counts, no event and no user."""
    spooling.leave(1)
    spooling.bury(2)
    for form in ([], ["--json"]):
        out = command("queue", "status", str(spooling.root), *form).out
        assert "Paid" not in out
        assert "u1" not in out
