"""Properties that are dropped for their names."""

from __future__ import annotations

import logging
import threading

import pytest

from analytics_mixpanel_destination.reserved import ReservedProperties

NAMES = frozenset({"time", "token"})


def test_reserved_properties_are_dropped_and_counted() -> None:
    """By name; the others stay, in their order."""
    reserved = ReservedProperties()
    kept = [reserved.without(NAMES, {"b": 1, "time": 2, "a": 3}) for _ in range(3)]
    reserved.without(NAMES, {"token": 1, "time": 2})

    assert [list(each) for each in kept] == [["b", "a"]] * 3
    assert reserved.counts() == {"time": 4, "token": 1}


def test_each_name_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """A warning names the property and what to do, and holds no value."""
    reserved = ReservedProperties()
    for _ in range(3):
        reserved.without(NAMES, {"time": "secret-value", "token": "secret-value"})

    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.split("'")[1] for text in said] == ["time", "token"]
    assert "give it another" in said[0]
    assert "secret" not in caplog.text


def test_no_thread_loses_a_count() -> None:
    """Each of several threads counts all of its own."""
    reserved = ReservedProperties()

    def drop() -> None:
        for _ in range(2_000):
            reserved.without(NAMES, {"time": 1})

    threads = [threading.Thread(target=drop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert reserved.counts() == {"time": 8_000}
