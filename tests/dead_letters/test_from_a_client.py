"""Which messages of a client become dead letters, and which do not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client, Drop, Message, Outcome, Rejection, hookimpl

MakeClient = Callable[..., Client]


def _letters(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in root.rglob("dead-*") for line in file.read_text().splitlines()]


def _third_time(batch: Batch) -> Outcome:
    """Twice busy, then one of two is refused."""
    if batch.attempt < 3:
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "busy"))
    return Outcome(rejected={1: Rejection("too old", "properties.time")})


@pytest.mark.parametrize("when_full", ["drop-new", "spill"])
def test_what_is_rejected_is_kept(
    make_client: MakeClient, answering: Any, tmp_path: Path, when_full: str
) -> None:
    """With reason, field, attempts and times; what was delivered beside it is not."""
    before = time.time()
    client = make_client(
        answering(_third_time), queue=f"spool:{tmp_path / 'spool'}", when_full=when_full, upload_interval=0.2
    )
    client.track("u", "delivered")
    client.track("u", "rejected", {"a": 1})
    assert client.flush(30) == 0
    client.shutdown()
    (letter,) = _letters(tmp_path)
    assert letter.pop("message")["event"] == "rejected"
    assert before - 1 < _time(letter.pop("first")) <= _time(letter.pop("last")) < time.time() + 1
    assert letter == {
        "destination": "Shop",
        "outcome": "rejected",
        "reason": "too old",
        "field": "properties.time",
        "attempts": 3,
    }


def _time(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_what_is_given_up_is_kept(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """A destination that raises again and again: they are kept with the kind of error, not its text."""

    def fail(_: Batch) -> None:
        raise ValueError("a secret")

    client = make_client(answering(fail), queue=f"spool:{tmp_path / 'spool'}")
    client.track("u", "a")
    assert client.flush(30) == 0
    client.shutdown()
    (letter,) = _letters(tmp_path)
    assert (letter["outcome"], letter["attempts"], letter["message"]["event"]) == ("given up", 3, "a")
    assert "ValueError" in letter["reason"]
    assert "secret" not in json.dumps(letter)


def test_it_is_kept_as_the_queue_had_it(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """What a plugin made of it on the lane is not: a retry passes the plugin again."""

    class Enriching:
        name = "enriching"

        @hookimpl
        def enrich(self, message: Message) -> Message:
            return {**message, "event": "enriched"}

    shop = answering(lambda _: Outcome(rejected={0: Rejection("bad")}))
    client = make_client(shop, Enriching(), queue=f"spool:{tmp_path / 'spool'}")
    client.track("u", "a")
    assert client.flush(30) == 0
    assert shop.events == ["enriched"]
    assert [letter["message"]["event"] for letter in _letters(tmp_path)] == ["a"]


def test_what_is_not_wanted_is_not_kept(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """A plugin's Drop, and what a destination has no use for, are no failures."""

    class Dropping:
        name = "dropping"

        @hookimpl
        def enrich(self, message: Message) -> Drop | None:
            return Drop("unwanted") if message["event"] == "a" else None

    shop = answering(lambda _: Outcome(dropped={0: "no mapping"}))
    client = make_client(shop, Dropping(), queue=f"spool:{tmp_path / 'spool'}")
    client.track("u", "a")
    client.track("u", "b")
    assert client.flush(30) == 0
    assert sum(client.stats()["Shop"].dropped.values()) == 2
    assert _letters(tmp_path) == []


def test_in_memory_nothing_is_kept(make_client: MakeClient, answering: Any, tmp_path: Path) -> None:
    """Without a spool ``on_error`` is told, and no file is written."""
    lost: list[str] = []
    client = make_client(
        answering(lambda _: Outcome(rejected={0: Rejection("bad")})),
        on_error=lambda _, messages: lost.extend(message["event"] for message in messages),
    )
    client.track("u", "a")
    assert client.flush(30) == 0
    assert lost == ["a"]
    assert client.queue.dead_letters is None


def test_a_cemetery_that_fails_does_not_stop_delivery(
    make_client: MakeClient, answering: Any, tmp_path: Path
) -> None:
    """Where dead letters cannot be written the accounts are the same, and delivery goes on."""
    shop = answering(lambda batch: Outcome(rejected={0: Rejection("bad")} if len(batch.messages) > 1 else {}))
    client = make_client(shop, queue=f"spool:{tmp_path / 'spool'}", upload_interval=0.2)
    letters = client.queue.dead_letters
    assert letters is not None
    letters.instance = "missing/" + letters.instance  # a directory that is not there
    client.track("u", "a")
    client.track("u", "b")
    assert client.flush(30) == 0
    client.track("u", "c")
    assert client.flush(30) == 0
    stats = client.stats()["Shop"]
    assert (stats.rejected, stats.delivered, stats.pending) == (1, 2, 0)
    assert (letters.kept, letters.failed) == (0, 1)
