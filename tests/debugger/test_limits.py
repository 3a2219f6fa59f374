"""The documented figures, and the rate."""

from __future__ import annotations

from analytics_mixpanel.debugger.limits import Limits, Rate


def test_the_defaults_are_the_documented_figures() -> None:
    """Source: Mixpanel docs, Import Events; the group figure is that of Mixpanel's own tools."""
    limits = Limits()
    assert (limits.events, limits.profile_updates, limits.group_updates) == (2000, 2000, 200)
    assert (limits.request_bytes, limits.event_bytes) == (10_485_760, 1_000_000)
    assert (limits.properties, limits.elements, limits.text) == (255, 255, 255)
    assert limits.bytes_per_minute == 2_000_000_000


def test_a_rate_is_over_the_last_minute() -> None:
    """What is older no longer counts."""
    rate = Rate()
    assert rate.take(6, now=0.0, limit=10)
    assert rate.take(4, now=30.0, limit=10)
    assert not rate.take(1, now=59.9, limit=10)
    assert rate.take(6, now=60.0, limit=10)


def test_what_is_refused_does_not_count() -> None:
    """One request that is too much does not shut the others out."""
    rate = Rate()
    assert not rate.take(11, now=0.0, limit=10)
    assert rate.take(10, now=0.0, limit=10)
