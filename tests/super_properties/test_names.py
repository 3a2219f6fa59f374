"""Reserved names: left out, counted, warned of once."""

from __future__ import annotations

import threading

import pytest

from analytics_mixpanel_super_properties.names import RESERVED, Reserved


def test_they_are_those_that_segment_leaves_out() -> None:
    """Seven names, as in Segment's action."""
    assert sorted(RESERVED) == [
        *("$anon_id", "$group_id", "$insert_id", "$user_id", "distinct_id", "id", "time"),
    ]


def test_they_are_left_out() -> None:
    """All other names stay, also those that look alike."""
    given = {**dict.fromkeys(RESERVED, 1), "Time": 1, "$device_id": 1}
    assert Reserved().without(given) == {"Time": 1, "$device_id": 1}


def test_they_are_counted() -> None:
    """By name, however often one looks."""
    reserved = Reserved()
    assert reserved.counts() == {}
    for _ in range(3):
        reserved.without({"time": 1, "a": 1})
    reserved.without({"id": 1})
    assert reserved.counts() == {"time": 3, "id": 1}
    assert reserved.counts() == {"time": 3, "id": 1}


def test_each_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    """The warning names it, and not its value."""
    reserved = Reserved()
    for _ in range(3):
        reserved.without({"time": "secret-canary", "id": "secret-canary"})
    assert sorted(record.getMessage() for record in caplog.records) == [
        "the super property 'id' was left out: Mixpanel keeps the name for itself",
        "the super property 'time' was left out: Mixpanel keeps the name for itself",
    ]


def test_no_thread_is_missed() -> None:
    """Eight threads at once are counted as one after another."""
    reserved = Reserved()

    def work() -> None:
        for _ in range(1_000):
            reserved.without({"time": 1})

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert reserved.counts() == {"time": 8_000}
