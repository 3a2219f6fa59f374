"""Counting without a lock."""

from __future__ import annotations

import threading

from analytics_mixpanel.tally import Tally


def test_each_addition_answers_the_count_before() -> None:
    """Looking at the count before and between does not show."""
    tally = Tally()
    assert tally.count() == 0
    assert tally.add() == 0
    assert (tally.count(), tally.count()) == (1, 1)
    assert tally.add() == 1


def test_no_addition_of_any_thread_is_lost() -> None:
    """Eight threads add at once, while another looks."""
    tally = Tally()
    threads = [threading.Thread(target=lambda: [tally.add() for _ in range(5_000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert tally.count() == 40_000
