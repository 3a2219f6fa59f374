"""A courier: takes batches from one reader, hands them to the destination, settles what became of them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from attrs import frozen

from analytics_mixpanel.accounts import RETRIED
from analytics_mixpanel.delivery import Batch
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.lanes.attempt import PASSING, Attempt, ask
from analytics_mixpanel.lanes.breaker import Breaker, Turn
from analytics_mixpanel.lanes.clerk import Clerk
from analytics_mixpanel.lanes.keep_on import keep_on
from analytics_mixpanel.lanes.load import Load
from analytics_mixpanel.lanes.retry import Patience, RetryPolicy, Wait
from analytics_mixpanel.lanes.trip import Trip
from analytics_mixpanel.losses import Losses
from analytics_mixpanel.plugins import Destination, Plugins
from analytics_mixpanel.process.threads import get_ready_for_the_end
from analytics_mixpanel.queues import Reader

# Who raises is at fault itself, a destination or a plugin: a few tries, then the messages are given up.
MAX_RAISES: Final = 3
# Seconds until the delivery goes on that something unforeseen has interrupted.
_INTERRUPTED: Final = 1.0


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
        breaker: Breaker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reader = reader
        self._destination = destination
        self._clerk = Clerk(destination.name, reader, plugins, losses)
        self._account = losses.account
        self._pace = pace
        self._breaker = breaker
        self._clock = clock
        self._bell = breaker.bell()
        self._hurried = False
        self._stopped = False
        self._bodies: list[bytes] = []
        self._trip: Trip | None = None
        self._at_work = threading.Lock()
        self._worker: int | None = None

    # -- taking ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Deliver until the reader is closed."""
        pace = self._pace
        with self._at_work:
            self._worker = threading.get_ident()
            try:
                keep_on(
                    lambda: (
                        self._go_on(math.inf)
                        and self._set_out(self.reader.take(pace.count, pace.bytes, pace.interval))
                    ),
                    lambda error: self._interrupted(error, math.inf),
                    BaseException,  # SystemExit, say: the thread outlives it
                )
            finally:
                self._worker = None

    def run_until(self, deadline: float) -> None:
        """Deliver what is there now, on this thread; for a process that can start none.

        What is under way at the deadline is gone on with the next time; so it is after a KeyboardInterrupt,
        say, which is the caller's.
        """
        left = min(max(0.0, deadline - self._clock()), threading.TIMEOUT_MAX)
        if self.is_here or not self._at_work.acquire(timeout=left):
            return  # a hook or a signal handler that flushes does so within a flush
        self._worker = threading.get_ident()
        try:
            keep_on(
                lambda: (
                    self._go_on(deadline)
                    and self._clock() < deadline
                    and self._set_out(self.reader.take_now(self._pace.count, self._pace.bytes))
                ),
                lambda error: self._interrupted(error, deadline),
                Exception,
            )
        finally:
            self._worker = None
            self._at_work.release()

    @property
    def is_here(self) -> bool:
        """Whether it delivers on this very thread: whoever asks is a hook, a callback or a signal handler."""
        return self._worker == threading.get_ident()

    def hurry(self) -> None:
        """Take what is there, and try again at once what waits only for its back-off."""
        self._hurried = True
        self._bell.ring()
        self.reader.hurry()

    def stop(self) -> list[bytes]:
        """Take no more; what is lost by stopping now."""
        self._stopped = True
        lost = self.reader.close()
        self._bell.ring()
        return lost

    # -- one batch ---------------------------------------------------------------------------------

    def deliver(self, bodies: list[bytes], give_up_at: float) -> bool | None:
        """Deliver on the caller's thread by then; whether all of it was delivered.

        None, where nothing is to be given up: it is still to be delivered.
        """
        trip = self._new_trip(bodies)
        try:
            self._travel(trip, give_up_at)
        except BaseException:
            self._clerk.give_up(trip, "error in deliver")
            raise
        if trip.load and self.reader.durable:
            return None
        self._clerk.give_up(trip, "shutdown" if self._stopped else "not delivered in time")
        return trip.whole and not trip.load

    def _new_trip(self, bodies: list[bytes]) -> Trip:
        return Trip(Load(bodies), Patience(self._pace.retry, self._clock, self.reader.durable))

    def _set_out(self, bodies: list[bytes]) -> bool:
        self._bodies = bodies
        self._hurried = False  # whoever was in a hurry so far is served by the first attempt
        return bool(bodies)

    def _go_on(self, until: float) -> bool:
        """Go on with the batch in hand; False when the time was up, or the reader was closed."""
        if self._bodies:
            get_ready_for_the_end()
            self._trip = self._trip or self._new_trip(self._bodies)
            if not self._travel(self._trip, until):
                return False
            self._bodies, self._trip = [], None
        return True

    def _interrupted(self, error: BaseException, until: float) -> None:
        """Keep the batch where something raised that should not, and go on in a moment; not without end.

        What the machine is out of, memory or files, comes back: that is waited for.
        """
        self._bell.wait(min(_INTERRUPTED, until - self._clock()))
        place = place_of(error)
        log_seldom("courier", "%s: the delivery was interrupted: %s", self._destination.name, place)
        if (trip := self._trip) and not isinstance(error, PASSING):
            trip.raised += 1
            if trip.raised >= MAX_RAISES:
                self._bodies, self._trip = [], None
                self._clerk.give_up(trip, f"{place} in deliver")

    def _travel(self, trip: Trip, until: float) -> bool:
        """Try, as often as it takes; False when the time was up, or the reader was closed."""
        if trip.raised:
            self._clerk.sort_out(trip)
        if not trip.enriched:
            self._clerk.enrich(trip)
        while trip.load:
            turn = self._wait_for_turn(trip, until)
            if turn is None:
                return False
            try:
                batch, attempt = self._try(trip, turn, until)
                if not self._clerk.settle(trip, batch, attempt.outcome):
                    return False
                give_up = self._plan(trip, turn, batch, attempt)
            finally:
                self._breaker.end(turn)
            if attempt.error:
                self._clerk.sort_out(trip)
            if give_up:
                self._clerk.give_up(trip, give_up)
                trip.load = trip.load.first(0)
                trip.whole = False
        return True

    def _wait_for_turn(self, trip: Trip, until: float) -> Turn | None:
        """Wait until the next attempt is due, and the breaker lets it through; None when nothing may follow.

        What the destination asked for is waited out; only stopping ends it.
        """
        while not self._stopped:
            now = self._clock()
            hurried, self._hurried = self._hurried, False
            if hurried and now < trip.try_at and not trip.asked:
                trip.try_at = now
                trip.patience.hurried()
            wait = trip.try_at - now
            if wait <= 0:
                hasty = until < math.inf
                turn = self._breaker.at_once() if hasty else self._breaker.turn(paused=trip.paused)
                if turn.wait <= 0:
                    return turn
                wait = turn.wait
            if now + wait >= until:
                return None
            self._bell.wait(wait)
        return None

    def _try(self, trip: Trip, turn: Turn, until: float) -> tuple[Batch, Attempt]:
        part = trip.load.first(turn.most)
        trip.attempts += 1
        deadline = min(until, self._clock() + self._pace.timeout)
        batch = Batch(part.messages, trip.attempts, deadline, part.notes, by_parts=self.reader.durable)
        self._breaker.begin(turn, deadline)
        return batch, ask(self._destination, batch)

    def _plan(self, trip: Trip, turn: Turn, batch: Batch, attempt: Attempt) -> str:
        """Say when the next attempt is due, here and to the breaker; why to give up, if that is to be."""
        outcome, reason = attempt.outcome, attempt.reason
        progress = len(outcome.retry) + len(outcome.later) < len(batch.messages)
        trip.raised += bool(attempt.error)
        trip.paused, trip.asked = bool(outcome.paused and outcome.retry), False
        if progress:
            trip.patience.progressed()
        if not outcome.retry:
            self._breaker.works(turn)
            return ""
        if trip.paused:
            seconds = self._breaker.pause(turn, reason)
        else:
            failures = 1 if progress else self._breaker.failures + 1
            next_wait = trip.patience.next_wait(outcome, failures)
            give_up = f"{attempt.error} in deliver" if trip.raised >= MAX_RAISES else next_wait
            wait = next_wait if isinstance(next_wait, Wait) else Wait(self._pace.retry.backoff(failures))
            seconds, trip.asked = wait.seconds, wait.asked
            self._breaker.failed(turn, reason, failures, seconds, asked=wait.asked)
            if isinstance(give_up, str):
                return give_up
        trip.try_at = self._clock() + seconds
        self._account.add_many(RETRIED, len(outcome.retry))
        return ""
