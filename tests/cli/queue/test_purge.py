"""``queue purge``: says what it removes, asks, and removes no more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.fixture
def full(spooling: Any) -> Any:
    """A spool with something of everything."""
    spooling.leave(1, 2)
    spooling.bury(3)
    (spooling.root / "project" / "x.seg.corrupt").write_bytes(b"12345")
    return spooling


def _files(spooling: Any) -> set[str]:
    return {path.suffix for path in (spooling.root / "project").iterdir()}


@pytest.mark.parametrize("answer", ["", "n\n", "what?\n"])
def test_nothing_without_a_yes(command: Command, full: Any, answer: str) -> None:
    """It says what there is, and leaves it, with a status of 1."""
    before = _files(full)
    done = command("queue", "purge", str(full.root), given=answer)
    assert done.status == 1
    assert "pending: 2 messages" in done.err
    assert "dead: 1 messages" in done.err
    assert "corrupt: damaged files, 5 bytes" in done.err
    assert _files(full) == before


def test_a_yes_removes_all(command: Command, full: Any) -> None:
    """Everything that no process has is gone, and each thing is said."""
    done = command("queue", "purge", str(full.root), given="yes\n")
    assert done.status == 0
    assert _files(full) == set()
    assert [line.split(":")[0] for line in done.out.splitlines()] == ["removed"] * 3


def test_yes_does_not_ask(command: Command, full: Any) -> None:
    """``--yes`` is for scripts; so is ``--json``."""
    done = command("queue", "purge", str(full.root), "--yes", "--json")
    assert [(row["kind"], row["messages"], row["removed"]) for row in done.rows] == [
        ("pending", 2, True),
        ("dead", 1, True),
        ("corrupt", None, True),
    ]
    assert _files(full) == set()


def test_one_kind_alone(command: Command, full: Any) -> None:
    """``--only`` leaves the rest."""
    command("queue", "purge", str(full.root), "--yes", "--only", "dead", "--only", "corrupt")
    assert _files(full) == {".lock", ".seg"}


def test_a_living_process_keeps_its_own(command: Command, spooling: Any) -> None:
    """What a running client has is not removed under it."""
    queue = spooling.queue()
    (shop,) = queue.open("Shop")
    queue.put(b"{}", ("Shop",))
    done = command("queue", "purge", str(spooling.root), "--yes")
    assert (done.err, done.status) == ("there is nothing to remove\n", 0)
    assert shop.take_now(1, 100) == [b"{}"]
    shop.settle()
    queue.close()
