"""Asking a destination, whatever it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Batch, Outcome, Rejection
from analytics_mixpanel.lanes.attempt import ask, misfit
from analytics_mixpanel.plugins import Destination


def batch(count: int) -> Batch:
    """A batch of so many messages."""
    return Batch([{"event": "E"}] * count, 1, time.monotonic() + 60)


def destination(deliver: Callable[[Batch], Any]) -> Destination:
    """A destination that answers so."""
    return Destination("Shop", frozenset({"Shop"}), deliver)


def test_none_is_delivered() -> None:
    """A destination that returns nothing has taken everything."""
    attempt = ask(destination(lambda _: None), batch(2))
    assert (attempt.outcome, attempt.error, attempt.reason) == (Outcome(), "", "")


def test_an_outcome_is_as_it_is() -> None:
    """What fits is not touched; the first reason stands for all."""
    outcome = Outcome(retry={1: "busy", 0: "later"})
    attempt = ask(destination(lambda _: outcome), batch(2))
    assert attempt.outcome is outcome
    assert (attempt.error, attempt.reason) == ("", "busy")


def test_a_pause_is_the_reason() -> None:
    """What to mend is more to the point than what failed."""
    outcome = Outcome(retry={0: "HTTP 401"}, paused="mend the token")
    assert ask(destination(lambda _: outcome), batch(1)).reason == "mend the token"


def test_one_that_raises_has_all_tried_again() -> None:
    """The error says where; its text may hold anything and is not repeated."""

    def fall(_: Batch) -> None:
        raise RuntimeError("canary")

    attempt = ask(destination(fall), batch(2))
    assert sorted(attempt.outcome.retry) == [0, 1]
    assert "RuntimeError at test_attempt.py" in attempt.error
    assert "canary" not in attempt.error


@pytest.mark.parametrize("paused", [True, 401, ["mend it"]])
def test_a_pause_without_words_does_not_fit(paused: Any) -> None:
    """What is to be mended has to be said."""
    assert "paused" in misfit(Outcome(retry={0: "x"}, paused=paused), 1)


def test_a_fitting_outcome_is_no_misfit() -> None:
    """Every answer that the contract allows is taken."""
    whole = Outcome({0: Rejection("x")}, {1: "x"}, {2: "x"}, retry_after=1.5, paused="x")
    assert misfit(whole, 3) == ""
    assert misfit(Outcome(), 0) == ""
