"""What becomes of messages, as the client's hooks tell it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics_mixpanel import Batch, Client, Outcome, Rejection
from analytics_mixpanel.cli.fates import Fate, Fates, watched


def test_each_message_has_its_fate(answering: Any, make_client: Callable[..., Client]) -> None:
    """Delivered, rejected and dropped messages are told apart by their ids."""
    outcome = Outcome(rejected={1: Rejection("no", "time")}, dropped={2: "not for us"})
    fates = Fates()
    client = make_client(watched(answering, fates)(answer=lambda _: outcome), fates, upload_interval=10)
    for number in range(3):
        client.track("u", "E", message_id=f"m-{number}")
    assert client.flush(10) == 0

    assert [fates.take(f"m-{number}") for number in range(3)] == [
        Fate("delivered"),
        Fate("rejected", "no", "time"),
        Fate("dropped", "not for us"),
    ]


def test_what_is_not_settled_is_pending_for_the_last_reason(
    answering: Any, make_client: Callable[..., Client]
) -> None:
    """A pause ends the waiting at once: it would go on until a setting is mended."""

    def paused(batch: Batch) -> Outcome:
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "401"), paused="look at the token")

    fates = Fates()
    client = make_client(watched(answering, fates)(answer=paused), fates)
    client.track("u", "E", message_id="m-1")
    fates.wait(1, timeout=60)

    assert fates.take("m-1") == Fate("pending", "401")
    assert fates.take("m-2") == Fate("pending", "no answer yet")


def test_messages_of_one_id_have_a_fate_each() -> None:
    """The first fate is the first message's."""
    fates = Fates()
    fates.delivered({"messageId": "m"})
    fates.dropped({"messageId": "m"}, "full")

    assert [fates.take("m").status for _ in range(3)] == ["delivered", "dropped", "pending"]


def test_a_watched_destination_keeps_its_name(answering: Any) -> None:
    """A message's integrations go on speaking of it."""

    class Shop:
        """A destination that gives itself no name."""

    assert watched(Shop, Fates()).__name__ == "Shop"
    assert watched(answering, Fates())().name == "Shop"
