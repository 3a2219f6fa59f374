"""Asking a destination to deliver: whatever it does, there is an outcome."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from analytics_mixpanel.delivery import Batch, Outcome, Rejection
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.plugins import Destination

#: What raises these is not at fault: the machine or the network lacks something, which passes.
PASSING: Final = (OSError, MemoryError)


@frozen
class Attempt:
    """What came of asking once.

    Attributes:
        outcome: the destination's; where that is no use, one that retries everything.
        error: what the destination itself did wrong; "" when nothing.
    """

    outcome: Outcome
    error: str = ""

    @property
    def reason(self) -> str:
        """Why something is still to be sent; "" when nothing is."""
        return self.outcome.paused or next(iter(self.outcome.retry.values()), "")


def ask(destination: Destination, batch: Batch) -> Attempt:
    """Let a destination deliver a batch; it may raise or answer anything."""
    try:
        outcome = destination.deliver(batch)
        if outcome is None:
            return Attempt(Outcome())
        error = misfit(outcome, len(batch.messages))
        if not error:
            return Attempt(outcome)
        passes = False
    except Exception as problem:  # noqa: BLE001 - isolation is the point
        error, passes = place_of(problem), isinstance(problem, PASSING)
    log_seldom(f"deliver {destination.name} {error}", "%s: deliver gave %s", destination.name, error)
    return Attempt(Outcome(retry=dict.fromkeys(range(len(batch.messages)), error)), "" if passes else error)


def misfit(outcome: object, count: int) -> str:
    """What is wrong with a destination's answer for so many messages; "" when nothing is."""
    if not isinstance(outcome, Outcome):
        return f"a {type(outcome).__name__} instead of an Outcome"
    if misplaced := _misplaced(outcome, count):
        return misplaced
    reasons = {Rejection: outcome.rejected, str: {**outcome.dropped, **outcome.retry}}
    if not all(isinstance(why, kind) for kind, given in reasons.items() for why in given.values()):
        return "an Outcome with a reason that is no Rejection where it rejects, or no str elsewhere"
    if not isinstance(outcome.retry_after, (int, float, type(None))):
        return "an Outcome with a retry_after that is no number"
    return "" if isinstance(outcome.paused, (str, type(None))) else "an Outcome with a paused that is no str"


def _misplaced(outcome: Outcome, count: int) -> str:
    named = [*outcome.rejected, *outcome.dropped, *outcome.retry, *outcome.later]
    if not all(isinstance(index, int) and 0 <= index < count for index in named):
        return "an Outcome with an index that is not in the batch"
    if len(set(named)) < len(named):
        return "an Outcome that names a message twice"
    return "an Outcome that leaves everything for later" if count and len(outcome.later) == count else ""
