"""Delivering to Mixpanel part by part."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel_destination import Mixpanel

TOKEN = "the-project-token-0123456789"


@pytest.fixture
def mixpanel(stand_in: StandIn) -> Iterator[Mixpanel]:
    """Sends two records in a request."""
    made = Mixpanel(token=TOKEN, api_host=stand_in.url, max_events=2, max_profiles=2, max_groups=2)
    yield made
    made.shutdown()


def _message(kind: str, number: int, **fields: Any) -> Any:
    sent = {"messageId": f"message-{number}", "timestamp": "2023-11-14T22:13:20Z", "userId": f"user-{number}"}
    return {"type": kind, **sent, **fields}


def _next(batch: Batch, outcome: Outcome) -> Batch:
    """The batch of what is for later, as a lane makes it."""
    notes = {at: batch.notes[place] for at, place in enumerate(outcome.later)}
    messages = [batch.messages[place] for place in outcome.later]
    return Batch(messages, 1, time.monotonic() + 30, notes, by_parts=True)


def _parts(mixpanel: Mixpanel, messages: list[Any]) -> list[tuple[int, ...]]:
    """Deliver everything; what was for later each time."""
    batch = Batch(messages, 1, time.monotonic() + 30, by_parts=True)
    found = []
    while True:
        outcome = mixpanel.deliver(batch)
        assert (outcome.rejected, outcome.retry, outcome.paused) == ({}, {}, None)
        found.append(tuple(outcome.later))
        if not outcome.later:
            return found
        batch = _next(batch, outcome)


def test_a_request_is_a_part(stand_in: StandIn, mixpanel: Mixpanel) -> None:
    """Events that do not fit into one request are for later; each arrives once, in order."""
    parts = _parts(mixpanel, [_message("track", number, event=str(number)) for number in range(5)])

    assert parts == [(2, 3, 4), (2,), ()]
    assert [each.event for each in stand_in.events] == ["0", "1", "2", "3", "4"]
    assert not any(each.duplicates for each in stand_in.events)


def test_a_part_ends_with_a_message(stand_in: StandIn, mixpanel: Mixpanel) -> None:
    """An order of several products makes several events: all are sent before it is done."""
    products = [{"product_id": f"p{number}", "price": 1.0} for number in range(3)]
    order = _message("track", 0, event="Order Completed", properties={"products": products})
    parts = _parts(mixpanel, [order, _message("track", 1, event="last")])

    assert parts[-1] == ()
    assert len(parts) == 2
    assert [each.event for each in stand_in.events].count("Product Purchased") == 3
    assert stand_in.events[-1].event == "last"


def test_every_endpoint_has_parts_of_its_own(stand_in: StandIn, mixpanel: Mixpanel) -> None:
    """Events and profiles of one batch all arrive, and each once."""
    messages = [
        message
        for number in range(6)
        for message in (
            _message("track", number, event=str(number)),
            _message("identify", number + 100, traits={"plan": "pro"}),
        )
    ]
    _parts(mixpanel, messages)

    assert sorted(each.event for each in stand_in.events if each.event.isdigit()) == list("012345")
    assert len(stand_in.profiles) == 6
    assert not any(each.duplicates for each in stand_in.events)


def test_without_being_asked_it_sends_all(stand_in: StandIn, mixpanel: Mixpanel) -> None:
    """A batch that is not to be delivered by parts is delivered as a whole."""
    messages = [_message("track", number, event=str(number)) for number in range(5)]

    assert mixpanel.deliver(Batch(messages, 1, time.monotonic() + 30)) == Outcome()
    assert len(stand_in.events) == 5
