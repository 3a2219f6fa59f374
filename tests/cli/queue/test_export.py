"""``queue export``: the messages that wait, as they would be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Command = Callable[..., Any]


def test_it_prints_what_waits(command: Command, spooling: Any, numbers: Any) -> None:
    """One line for each message, the oldest process's first, each once though several want it."""
    spooling.leave(1, 2, destinations=("Shop", "Other"))
    spooling.leave(3)
    done = command("queue", "export", str(spooling.root))
    assert (sorted(numbers(done.out)), done.status) == ([1, 2, 3], 0)
    assert numbers(done.out).index(1) < numbers(done.out).index(2)


def test_one_destination_s(command: Command, spooling: Any, numbers: Any) -> None:
    """``--destination`` leaves out what waits for others alone."""
    spooling.leave(1)
    spooling.leave(2, destinations=("Other",))
    assert numbers(command("queue", "export", str(spooling.root), "--destination", "Other").out) == [2]


def test_dead_letters_too(command: Command, spooling: Any, numbers: Any) -> None:
    """With ``--dead`` the messages of dead letters follow."""
    spooling.leave(1)
    spooling.bury(2)
    assert numbers(command("queue", "export", str(spooling.root)).out) == [1]
    assert numbers(command("queue", "export", str(spooling.root), "--dead").out) == [1, 2]
    only = command("queue", "export", str(spooling.root), "--dead", "--destination", "Other")
    assert only.out == ""


def test_it_takes_nothing_away(command: Command, spooling: Any) -> None:
    """An export can be made again, and what a living process has is in it."""
    queue = spooling.queue()
    queue.open("Shop")
    queue.put(b'{"properties":{"n":1}}', ("Shop",))
    outs = [command("queue", "export", str(spooling.root)).out for _ in range(2)]
    assert outs == ['{"properties":{"n":1}}\n'] * 2
    queue.close()


def test_what_it_prints_can_be_previewed(command: Command, spooling: Any) -> None:
    """Its lines are what the other commands read."""
    spooling.leave(1)
    exported = command("queue", "export", str(spooling.root)).out
    done = command("preview", "--event-only", given=exported)
    assert done.rows[0][0]["event"] == "Paid"
