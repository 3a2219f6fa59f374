"""How large a request may be."""

from __future__ import annotations

from analytics_mixpanel_destination.sending.working_size import WorkingSize


def test_it_is_halved_by_a_refusal() -> None:
    """What was too large is half as large the next time, or smaller where it was learnt to be."""
    size = WorkingSize(1_000_000)
    size.shrink(800_000)
    size.shrink(900_000)
    assert size.bytes == 400_000


def test_it_grows_again() -> None:
    """After twenty requests that were taken a tenth more is tried, up to the setting."""
    size = WorkingSize(1_000_000)
    size.shrink(800_000)
    for _ in range(19):
        size.grow()
    assert size.bytes == 400_000
    size.grow()
    assert size.bytes == 440_000
    for _ in range(1_000):
        size.grow()
    assert size.bytes == 1_000_000


def test_a_refusal_begins_the_count_anew() -> None:
    """Requests that were taken before a refusal do not count afterwards."""
    size = WorkingSize(1_000_000)
    size.shrink(800_000)
    for _ in range(19):
        size.grow()
    size.shrink(400_000)
    size.grow()
    assert size.bytes == 200_000


def test_it_has_a_floor() -> None:
    """A server that finds everything too large does not make later requests tiny."""
    size = WorkingSize(1_000_000)
    for _ in range(30):
        size.shrink(10)
    assert size.bytes == 2_048
    small = WorkingSize(1_000)
    small.shrink(10)
    assert small.bytes == 1_000
