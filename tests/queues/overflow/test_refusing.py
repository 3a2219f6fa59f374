"""``drop-new`` and ``raise``: the message that finds no room is lost, and its caller told."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.errors import AnalyticsError, QueueFull


def test_drop_new_loses_the_newest(jam: Callable[..., Any]) -> None:
    """What finds no room is refused, counted and told; what waited is delivered."""
    full = jam(3)
    assert full.track("a", "b", "c", "d") == [True, True, False, False]
    assert full.lost == [("queue full", ["c"]), ("queue full", ["d"])]
    stats = full.client.stats()["Shop"]
    assert (stats.accepted, stats.dropped, stats.pending) == (5, {"queue full": 2}, 3)
    full.release()
    assert full.client.flush() == 0
    assert full.shop.events == ["first", "a", "b"]


def test_raise_says_so_by_an_exception(jam: Callable[..., Any]) -> None:
    """The call raises QueueFull, which is Python's queue.Full too; the loss is accounted like any other."""
    full = jam(2, when_full="raise")
    assert full.track("a") == [True]
    with pytest.raises(QueueFull, match="queue is full for Shop") as raised:
        full.track("b")
    assert raised.value.destinations == ("Shop",)
    assert isinstance(raised.value, queue.Full)
    assert isinstance(raised.value, AnalyticsError)
    assert full.lost == [("queue full", ["b"])]
    assert full.client.stats()["Shop"].dropped == {"queue full": 1}


def test_raise_does_not_raise_once_there_is_room(jam: Callable[..., Any]) -> None:
    """Only a full queue raises."""
    full = jam(2, when_full="raise")
    full.release()
    assert full.client.flush() == 0
    assert full.track("a") == [True]


def test_raise_is_for_a_full_queue_alone(make_client: Callable[..., Client], answering: Any) -> None:
    """After a shutdown, or for a message that is too long, a call returns False as ever."""
    client = make_client(answering(), when_full="raise", max_message_bytes=1_000)
    assert client.track("u", "e", {"text": "x" * 2_000})[0] is False
    client.shutdown()
    assert client.track("u", "e")[0] is False


def test_a_full_destination_leaves_the_others_theirs(jam: Callable[..., Any], answering: Any) -> None:
    """The exception names only who does not get the message."""
    full = jam(1, when_full="raise")
    full.client.register(other := answering(name="Other"))
    with pytest.raises(QueueFull) as raised:
        full.track("a")
    assert raised.value.destinations == ("Shop",)
    full.release()
    assert full.client.flush() == 0
    assert other.events == ["a"]


def test_many_drops_are_one_line_in_the_log(
    jam: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A full queue does not fill the log: one line in half a minute, without the event or its values."""
    full = jam(1)
    with caplog.at_level(logging.WARNING, "analytics_mixpanel"):
        full.track(*(f"secret-{number}" for number in range(50)))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "queue full" in lines[0]
    assert "secret" not in lines[0]
    assert full.client.stats()["Shop"].dropped == {"queue full": 50}
