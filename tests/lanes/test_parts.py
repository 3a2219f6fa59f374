"""A batch that is delivered part by part: what is done is settled before the rest is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client, Outcome, Rejection
from analytics_mixpanel.lanes.attempt import misfit

MakeClient = Callable[..., Client]


def _track(client: Client, count: int) -> None:
    for number in range(count):
        client.track("u", str(number))


def _two_at_a_time(batch: Batch) -> Outcome:
    return Outcome(later=tuple(range(2, len(batch.messages))))


def test_each_part_is_settled_before_the_next(
    make_client: MakeClient, answering: Any, tmp_path: Path
) -> None:
    """While a part is under way, what came before it is pending no more; no part counts as another try."""
    pending: list[int] = []
    attempts: list[int] = []

    def deliver(batch: Batch) -> Outcome:
        assert batch.by_parts
        pending.append(client.queue.qsize())
        attempts.append(batch.attempt)
        return _two_at_a_time(batch)

    shop = answering(deliver)
    client = make_client(shop, queue=f"spool:{tmp_path / 'spool'}", upload_interval=60)
    _track(client, 5)
    assert client.flush(30) == 0
    assert [[message["event"] for message in batch] for batch in shop.batches] == [
        ["0", "1", "2", "3", "4"],
        ["2", "3", "4"],
        ["4"],
    ]
    assert (pending, attempts) == ([5, 3, 1], [1, 1, 1])
    stats = client.stats()["Shop"]
    assert (stats.delivered, stats.retried, stats.pending) == (5, 0, 0)


def test_parts_may_fail(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """What a part rejects is told; what it has to try again goes on with what was for later, in order."""
    answers = iter(
        [
            Outcome(rejected={0: Rejection("bad")}, retry={1: "busy"}, later=(2, 3)),
            Outcome(later=(1, 2)),
            Outcome(),
        ]
    )
    shop = answering(lambda _: next(answers))
    client = make_client(shop, queue=f"spool:{tmp_path / 'spool'}", upload_interval=60)
    _track(client, 4)
    assert client.flush(30) == 0
    assert [message["event"] for message in shop.batches[-1]] == ["2", "3"]
    stats = client.stats()["Shop"]
    assert (stats.delivered, stats.rejected, stats.retried) == (3, 1, 1)


def test_nothing_is_gained_in_memory(make_client: MakeClient, answering: Any) -> None:
    """A queue that dies with its process asks for no parts, and takes them all the same."""
    asked: list[bool] = []

    def deliver(batch: Batch) -> Outcome:
        asked.append(batch.by_parts)
        return _two_at_a_time(batch)

    client = make_client(answering(deliver), upload_interval=60)
    _track(client, 5)
    assert client.flush(30) == 0
    assert asked == [False] * 3
    assert client.stats()["Shop"].delivered == 5


@pytest.mark.parametrize(
    "outcome",
    [Outcome(later=(0, 1)), Outcome(later=(2,)), Outcome(later=(0,), retry={0: "x"})],
    ids=["everything", "what is not there", "what is to be tried again"],
)
def test_what_is_for_later_has_to_make_sense(outcome: Outcome) -> None:
    """A destination that leaves everything for later would be asked for ever."""
    assert misfit(outcome, 2)
