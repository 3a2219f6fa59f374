"""Telling of losses."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel import Outcome, Rejection
from analytics_mixpanel.accounts import Account
from analytics_mixpanel.losses import Losses, OnError
from analytics_mixpanel.plugins import Plugins


def _losses(on_error: OnError | None = None) -> Losses:
    return Losses("Shop", Account(), Plugins(None), on_error)


def test_several_messages_are_one_call() -> None:
    """What is lost together is told together, as upstream tells a batch."""
    told: list[Any] = []
    losses = _losses(lambda error, batch: told.append((str(error), batch)))
    losses.drop([{"event": "a"}, {"event": "b"}], "shutdown")
    assert told == [("Shop: shutdown", [{"event": "a"}, {"event": "b"}])]
    assert losses.account.stats().dropped == {"shutdown": 2}


def test_no_message_is_no_call() -> None:
    """Losing nothing tells nothing."""
    told: list[Any] = []
    _losses(lambda *both: told.append(both)).drop([], "shutdown")
    assert told == []


def test_encoded_messages_are_decoded_for_who_listens() -> None:
    """A callback gets messages, whatever form they waited in."""
    told: list[Any] = []
    _losses(lambda _, batch: told.append(batch)).drop_encoded([b'{"event":"a"}'], "shutdown")
    assert told == [[{"event": "a"}]]


def test_encoded_messages_are_only_counted_when_nobody_listens() -> None:
    """Without a callback they are not decoded, and counted all the same."""
    losses = _losses()
    losses.drop_encoded([b"not even JSON", b"nor this"], "shutdown")
    assert losses.account.stats().dropped == {"shutdown": 2}


def test_a_loss_within_the_callback_is_counted_not_told() -> None:
    """A callback that causes a loss does not hear of it, lest it recurse; the accounts do."""
    told: list[str] = []

    def calling(error: Exception, _: object) -> None:
        told.append(str(error))
        losses.drop([{"event": "b"}], "shutdown")
        losses.tell([{"event": "b"}], Outcome(rejected={0: Rejection("bad")}))

    losses = _losses(calling)
    losses.drop([{"event": "a"}], "queue full")
    losses.drop([{"event": "c"}], "queue full")
    assert told == ["Shop: queue full", "Shop: queue full"]
    assert losses.account.stats().dropped == {"queue full": 2, "shutdown": 2}


def test_losses_are_logged_seldom(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand losses of one kind are one line, which says where the count is."""
    losses = _losses()
    for _ in range(1_000):
        losses.drop([{"event": "secret-canary"}], "queue full")
    assert len(caplog.records) == 1
    assert "client.stats()" in caplog.text
    assert "secret-canary" not in caplog.text
