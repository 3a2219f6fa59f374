"""The reader of synchronous mode."""

from __future__ import annotations

from analytics_mixpanel.queues.in_hand import InHand


def test_nothing_ever_waits_in_it() -> None:
    """It gives nothing, waits for nothing and loses nothing."""
    reader = InHand()
    reader.hurry()
    assert reader.take(10, 100, 60.0) == []
    assert reader.take_now(10, 100) == []
    assert reader.settle([b"a"]) is True
    assert (reader.pending, reader.wait_settled(60.0), reader.close()) == (0, 0, [])
