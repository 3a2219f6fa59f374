"""Timing several ways of doing something in one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from timeit import Timer


def in_turns(
    ways: Mapping[str, Callable[[], object]], number: int, rounds: int, after_round: Callable[[], object]
) -> dict[str, list[float]]:
    """Microseconds of one run of each way, one sample a round.

    The ways take turns, so that a busy moment of the machine hits all of them.

    Args:
        ways: what is timed, by name.
        number: runs for one sample.
        rounds: samples of each.
        after_round: called, untimed, when each way has had its turn.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(Timer(way).timeit(number) / number * 1e6)
        after_round()
    return taken
