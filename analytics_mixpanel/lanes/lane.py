"""A lane: one destination's way from the queue, with its own threads."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.accounts import Account
from analytics_mixpanel.integrations import is_for
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.lanes.breaker import Breaker
from analytics_mixpanel.lanes.courier import Courier, Pace
from analytics_mixpanel.losses import Losses, OnError
from analytics_mixpanel.plugins import Destination, Plugins
from analytics_mixpanel.process.threads import get_ready_for_the_end, threads_run
from analytics_mixpanel.queues import Reader
from analytics_mixpanel.queues.overflow.delivering import delivering

if TYPE_CHECKING:
    from analytics_mixpanel.dead_letters.keeping import DeadLetters

# Seconds that the threads which have been told to stop get to do so beyond the deadline, all together.
_GRACE: Final = 0.25
# Seconds between two looks whether what is kept anyway is worth waiting for.
_A_MOMENT: Final = 0.1
# Seconds until another try, when the process can start no thread.
_START_AGAIN: Final = 1.0


class Lane:
    """Delivers to one destination: a courier for each reader and, once there is work, a thread for each.

    In synchronous mode a further courier, ``hand``, delivers on the threads of the calls.

    Args:
        destination: where to.
        readers: the queue's lines for it.
        plugins: whose hooks run on the way.
        on_error: told of losses.
        pace: sizes and times of batches.
        dead_letters: where what was tried in vain is kept.
        in_hand: the reader for synchronous mode.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        destination: Destination,
        readers: Sequence[Reader],
        plugins: Plugins,
        on_error: OnError | None,
        pace: Pace,
        dead_letters: DeadLetters | None = None,
        in_hand: Reader | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.destination = destination
        self.account = Account()
        self.losses = Losses(destination.name, self.account, plugins, on_error, dead_letters)
        self.breaker = Breaker(destination.name, pace.retry, clock)

        def courier(reader: Reader) -> Courier:
            return Courier(destination, reader, plugins, self.losses, pace, self.breaker, clock)

        self.couriers = [courier(reader) for reader in readers]
        self.hand = courier(in_hand) if in_hand else None
        for reader in readers:
            reader.report_to(self.losses)
        self.threads: list[threading.Thread] = []
        self.started = False
        self._clock = clock
        self._starting = threading.Lock()
        self._start_again = 0.0

    def start(self) -> None:
        """Start the threads, once. Without any (at exit, at a limit) a flush delivers on its own thread."""
        if self._clock() < self._start_again or not self._starting.acquire(blocking=False):
            return  # another thread is at it, or this one was interrupted while being at it
        try:
            if not threads_run():
                self._start_again = math.inf
                return
            for number, courier in enumerate(self.couriers[len(self.threads) :], len(self.threads)):
                name = f"analytics-mixpanel {self.destination.name} {number}"
                thread = threading.Thread(target=_run, args=(courier,), name=name, daemon=True)
                thread.start()
                self.threads.append(thread)
            get_ready_for_the_end()
            self.started = True
        except RuntimeError:
            self._start_again = self._clock() + _START_AGAIN
            log_seldom("no thread", "no thread can be started; messages are delivered by flush and shutdown")
        finally:
            self._starting.release()

    def wants(self, integrations: object) -> bool:
        """Whether a message with this ``integrations`` field is for this destination."""
        return is_for(integrations, self.destination.answers_to)

    def hurry(self) -> None:
        """Let everything that waits be tried now."""
        self.breaker.hurry()
        for courier in (*self.couriers, self.hand):
            if courier:
                courier.hurry()

    def flush(self, deadline: float) -> int:
        """Wait until what was put before is settled; how much is not, at the deadline.

        Without threads this one delivers, and a destination that hangs holds it up: so not where there is
        nothing of its own to deliver, and threads may be had for what others have left.
        """
        if self._is_here:
            return self.pending  # called by a hook or callback: waiting would be for itself
        left = 0
        for number, courier in enumerate(self.couriers):
            if number >= len(self.threads) and (courier.reader.pending or self._start_again):
                with delivering():
                    courier.run_until(deadline)
            left += courier.reader.wait_settled(max(0.0, deadline - self._clock()))
        return left

    def finish(self, deadline: float, briefly: float) -> float:
        """Flush for the last time; what outlives the process is not waited for while delivering it fails.

        Args:
            deadline: when to come back in any case.
            briefly: until when it is waited for even so.

        Returns:
            Until when it is of use to wait for the threads.
        """
        while not self._is_here:
            until = deadline
            if not self.at_risk and (self.threads or self.breaker.in_trouble):
                until = min(deadline, max(briefly, self._clock() + _A_MOMENT))
            left = self.flush(until)
            if self.breaker.in_trouble and not self.at_risk:
                return min(deadline, max(briefly, self._clock()))
            if not left or self._clock() >= deadline:
                break
        return deadline

    @property
    def _is_here(self) -> bool:
        # By its couriers, since a thread that has just been started delivers before it is among the threads.
        return threading.current_thread() in self.threads or any(each.is_here for each in self.couriers)

    @property
    def at_risk(self) -> int:
        """Messages that the end of the process would lose."""
        return sum(courier.reader.at_risk for courier in self.couriers)

    @property
    def pending(self) -> int:
        """Messages not settled."""
        return sum(courier.reader.pending for courier in self.couriers)

    def stop(self) -> int:
        """Tell the threads to stop; how many messages that loses, accounted as dropped."""
        if self.hand:
            self.hand.stop()
        lost = [body for courier in self.couriers for body in courier.stop()]
        self.breaker.close()
        self.losses.drop_encoded(lost, "shutdown")
        return len(lost)

    def join(self, deadline: float) -> None:
        """Wait until the threads have stopped, until a moment after the deadline at most."""
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline + _GRACE - self._clock()))


def _run(courier: Courier) -> None:
    with delivering():
        courier.run()
