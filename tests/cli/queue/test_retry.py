"""``queue retry``: dead letters become messages again."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from analytics_mixpanel.cli import main

Command = Callable[..., Any]


def _waiting(command: Command, root: str) -> list[tuple[dict[str, int], str]]:
    rows = command("queue", "status", root, "--json").rows
    return [(row["destinations"], row["what"]) for row in rows]


def test_letters_go_back_into_the_queue(command: Command, spooling: Any, numbers: Any) -> None:
    """Each for its own destination alone; none is a dead letter afterwards."""
    spooling.bury(1, 2)
    spooling.bury(3, destination="Other")
    done = command("queue", "retry", str(spooling.root), "--json")
    assert (done.rows, done.status) == ([{"retried": 3, "kept": 0, "failed": 0}], 0)
    waiting = _waiting(command, str(spooling.root))
    assert sorted(waiting, key=str) == [({"Other": 1}, "orphan"), ({"Shop": 2}, "orphan")]
    assert sorted(numbers(command("queue", "export", str(spooling.root)).out)) == [1, 2, 3]


def test_those_that_are_not_chosen_stay(command: Command, spooling: Any) -> None:
    """Filters are those of ``dead``; what does not pass them is kept as it is, damaged lines too."""
    spooling.bury(1, reason="too old")
    spooling.bury(2)
    (file, *_) = sorted((spooling.root / "project").glob("dead-*"))
    file.write_bytes(file.read_bytes() + b"damaged\n")
    before = sorted(b"".join(p.read_bytes() for p in (spooling.root / "project").glob("dead-*")).splitlines())
    done = command("queue", "retry", str(spooling.root), "--reason", "too old")
    assert done.out.splitlines()[0] == "1 put back into the queue, 2 kept as dead letters"
    assert "queue drain" in done.out
    after = sorted(b"".join(p.read_bytes() for p in (spooling.root / "project").glob("dead-*")).splitlines())
    assert [line for line in before if b"too old" not in line] == after


def test_an_interrupted_retry_is_gone_on_with(command: Command, spooling: Any) -> None:
    """A file that an earlier retry had taken away is not forgotten."""
    spooling.bury(1)
    (file,) = (spooling.root / "project").glob("dead-*")
    file.rename(file.with_name(f"{file.name}.taken"))
    assert command("queue", "dead", str(spooling.root), "--json").status == 1
    assert command("queue", "retry", str(spooling.root), "--json").rows[0]["retried"] == 1
    assert list((spooling.root / "project").glob("dead-*")) == []


@contextmanager
def _no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_loses_nothing(
    command: Command, spooling: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where neither the queue nor a new file can be written, the letter stays where it was."""
    spooling.bury(1, reason="long" * 20_000)
    with _no_file_larger_than(100):
        assert main(["queue", "retry", str(spooling.root)]) == 2
    assert command("queue", "export", str(spooling.root), "--dead").out.count("m1") == 1
    assert "Traceback" not in capfd.readouterr().err
    assert command("queue", "retry", str(spooling.root), "--json").rows[0]["retried"] == 1
