"""A courier: takes batches from one reader, hands them to the destination, settles what became of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from analytics_mixpanel.accounts import DELIVERED, RETRIED
from analytics_mixpanel.delivery import Batch, Outcome, Rejection
from analytics_mixpanel.hooks import fold, tell
from analytics_mixpanel.hookspecs import Drop
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.load import Load
from analytics_mixpanel.losses import Losses
from analytics_mixpanel.message import Message
from analytics_mixpanel.plugins import Destination, Plugins
from analytics_mixpanel.queues import Reader
from analytics_mixpanel.retry import Patience, RetryPolicy, Wait

# A destination that raises is at fault itself: a few tries, then its messages are given up.
MAX_RAISES: Final = 3


@frozen
class Pace:
    """How a courier takes and delivers.

    Attributes:
        count: messages a batch.
        bytes: bytes of encoded messages a batch.
        interval: seconds that a message may wait for its batch to fill.
        timeout: seconds one attempt may take.
        retry: when a batch is given up.
    """

    count: int
    bytes: int
    interval: float
    timeout: float
    retry: RetryPolicy


def misfit(outcome: object, count: int) -> str:
    """What is wrong with a destination's answer for so many messages; "" when nothing is."""
    if not isinstance(outcome, Outcome):
        return f"a {type(outcome).__name__} instead of an Outcome"
    named = [*outcome.rejected, *outcome.dropped, *outcome.retry]
    reasons = {Rejection: outcome.rejected, str: {**outcome.dropped, **outcome.retry}}
    if not all(isinstance(index, int) and 0 <= index < count for index in named):
        return "an Outcome with an index that is not in the batch"
    if len(set(named)) < len(named):
        return "an Outcome that names a message twice"
    if not all(isinstance(why, kind) for kind, given in reasons.items() for why in given.values()):
        return "an Outcome with a reason that is no Rejection where it rejects, or no str elsewhere"
    if not isinstance(outcome.retry_after, (int, float, type(None))):
        return "an Outcome with a retry_after that is no number"
    return ""


class Courier:
    """Delivers what one reader gives, batch by batch, in order.

    A batch is finished before the next is taken: what has to be tried again holds up what came after it, so
    a user's messages arrive in the order of the calls.
    """

    def __init__(
        self,
        destination: Destination,
        reader: Reader,
        plugins: Plugins,
        losses: Losses,
        pace: Pace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reader = reader
        self._destination = destination
        self._plugins = plugins
        self._losses = losses
        self._pace = pace
        self._clock = clock
        self._interrupt = threading.Event()
        self._stopped = False

    def run(self) -> None:
        """Deliver until the reader is closed."""
        while bodies := self.reader.take(self._pace.count, self._pace.bytes, self._pace.interval):
            try:
                self.deliver(bodies)
            except BaseException as error:  # noqa: BLE001 - SystemExit, say: the thread outlives its batch
                log_seldom("courier", "%s: a batch was dropped: %s", self._destination.name, place_of(error))
                self._give_up(Load(bodies), "error in deliver")

    def run_until(self, deadline: float) -> None:
        """Deliver what is there now, on this thread; for a process that can start none."""
        while self._clock() < deadline:
            bodies = self.reader.take_now(self._pace.count, self._pace.bytes)
            if not bodies:
                break
            self.deliver(bodies, deadline)

    def hurry(self) -> None:
        """Take what is there, and try again at once what waits only for its back-off."""
        self._interrupt.set()
        self.reader.hurry()

    def stop(self) -> list[bytes]:
        """Take no more; what is lost by stopping now."""
        self._stopped = True
        lost = self.reader.close()
        self._interrupt.set()
        return lost

    def deliver(self, bodies: list[bytes], give_up_at: float = float("inf")) -> bool:
        """See a batch through: delivered, rejected, dropped, or left to whoever has closed the reader.

        Returns:
            Whether all of it was delivered.
        """
        self._interrupt.clear()  # whoever was in a hurry so far is served by the first attempt
        load = self._enriched(Load(bodies))
        whole = len(load.bodies) == len(bodies)
        batch = Batch(load.messages, attempt=0, deadline=0.0)
        patience = Patience(self._pace.retry, self._clock)
        raised = 0
        while load.bodies and not self._stopped:
            batch.messages = load.messages
            batch.attempt += 1
            batch.deadline = min(give_up_at, self._clock() + self._pace.timeout)
            outcome, error = self._attempt(batch)
            whole = whole and not (outcome.rejected or outcome.dropped)
            if not self._settle(load, outcome):
                return False
            if not outcome.retry:
                return whole
            again = sorted(outcome.retry)
            load = load.only(again)
            batch.notes = {new: batch.notes[old] for new, old in enumerate(again) if old in batch.notes}
            raised += error is not None
            wait = f"{error} in deliver" if raised >= MAX_RAISES else patience.next_wait(outcome)
            if isinstance(wait, Wait) and self._clock() + wait.seconds >= give_up_at:
                wait = "not delivered in time"
            if isinstance(wait, str):
                self._give_up(load, wait)
                return False
            self._losses.account.add_many(RETRIED, len(load.bodies))
            if self._rest(wait):
                patience.hurried()
        self._give_up(load, "shutdown")
        return whole and not load.bodies

    def _enriched(self, load: Load) -> Load:
        """Let plugins enrich this destination's own copies, or drop them."""
        if not (hooks := self._plugins.enrich):
            return load
        name = self._destination.name
        originals = list(load.messages)
        answers = [fold(hooks, message, name) for message in originals]
        kept = [i for i, answer in enumerate(answers) if not isinstance(answer, Drop)]
        if len(kept) < len(answers) and self.reader.settle([load.bodies[i] for i in kept]):
            for message, answer in zip(originals, answers, strict=True):
                if isinstance(answer, Drop):
                    self._losses.drop([message], answer.reason)
        return Load([load.bodies[i] for i in kept], [answers[i] for i in kept])  # type: ignore[misc]

    def _attempt(self, batch: Batch) -> tuple[Outcome, str | None]:
        try:
            outcome = self._destination.deliver(batch)
            if outcome is None:
                return Outcome(), None
            error = misfit(outcome, len(batch.messages))
            if not error:
                return outcome, None
        except Exception as problem:  # noqa: BLE001 - isolation is the point
            error = place_of(problem)
        name = self._destination.name
        log_seldom(f"deliver {name} {error}", "%s: deliver gave %s", name, error)
        return Outcome(retry=dict.fromkeys(range(len(batch.messages)), error)), error

    def _settle(self, load: Load, outcome: Outcome) -> bool:
        """Account for an attempt; False when the reader was closed meanwhile."""
        unsettled = outcome.retry.keys()
        if not self.reader.settle([load.bodies[i] for i in sorted(unsettled)] if unsettled else ()):
            return False
        for i, rejection in outcome.rejected.items():
            self._losses.reject(load.messages[i], rejection)
        for i, reason in outcome.dropped.items():
            self._losses.drop([load.messages[i]], reason)
        otherwise = {*unsettled, *outcome.rejected, *outcome.dropped}
        if len(otherwise) < len(load.bodies):
            self._losses.account.add_many(DELIVERED, len(load.bodies) - len(otherwise))
        if self._plugins.delivered:
            self._tell_delivered(message for i, message in enumerate(load.messages) if i not in otherwise)
        return True

    def _tell_delivered(self, messages: Iterable[Message]) -> None:
        for message in messages:
            tell(self._plugins.delivered, message, self._destination.name)

    def _give_up(self, load: Load, reason: str) -> None:
        if load.bodies and self.reader.settle():
            self._losses.drop_encoded(load.bodies, reason)

    def _rest(self, wait: Wait) -> bool:
        """Wait for the next attempt; whether a flush has cut a back-off short.

        What the destination asked for is waited out; only stopping ends it.
        """
        until = self._clock() + wait.seconds
        while not self._stopped and (left := until - self._clock()) > 0:
            interrupted = self._interrupt.wait(left)
            self._interrupt.clear()
            if interrupted and not wait.asked:
                return True
        return False
