"""Delivering when a signal ends the process; opt-in, since signal handlers are the application's."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from attrs import define

from analytics_mixpanel.journal import log, log_seldom, place_of
from analytics_mixpanel.process import lifecycle

#: Modules whose code holds locks, for a few instructions.
_LOCKING: Final = (
    "analytics_mixpanel.queues",
    "analytics_mixpanel.lanes.lane",
    "analytics_mixpanel.accounts",
)
_MOMENT: Final = 0.01
_MOMENTS: Final = 100


def flush_on_signals(*numbers: int) -> None:
    """Deliver what waits when one of these signals comes, then do what would have been done without this.

    All clients of the process together take the longest of their ``shutdown_timeout``. A handler that was
    there is called afterwards; without one the process ends by the signal, as its exit status says. The same
    signal again, meanwhile, cuts the delivery short. A signal that is ignored stays so.

    Args:
        numbers: signals that end the process; SIGTERM when there are none. SIGINT needs none of this: it
            raises KeyboardInterrupt, and the end of the program delivers.

    Raises:
        ValueError: called on another thread than the main one, or of a signal that cannot be handled.
    """
    for number in numbers or (signal.SIGTERM,):
        previous = signal.getsignal(number)
        if previous is None:
            log.warning(
                "signal %d has a handler that is not Python's, and keeps it: nothing is flushed", number
            )
        elif previous is not signal.SIG_IGN and not isinstance(previous, _Handler):
            signal.signal(number, _Handler(previous))


@define(eq=False)
class _Handler:
    """Flushes, then hands over to what was there.

    Attributes:
        previous: another handler, or SIG_DFL.
    """

    previous: Callable[[int, FrameType | None], Any] | int
    _put_off: int = 0
    _busy: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self._busy:
            if _holds_a_lock(frame) and self._come_back(number):
                return
            self._busy = True
            try:
                self._deliver(number)
            finally:
                self._busy = False
                self._put_off = 0
        self._hand_over(number, frame)

    def _come_back(self, number: int) -> bool:
        """Be called again when the interrupted code has let go of its lock; False when that takes too long.

        What takes long in those modules is waiting, which needs no lock.
        """
        if self._put_off >= _MOMENTS:
            return False
        self._put_off += 1
        try:
            threading.Thread(target=_send_again, args=(number,), daemon=True).start()
        except RuntimeError:
            return False
        return True

    def _deliver(self, number: int) -> None:
        try:
            # With a handler to come, the process may go on for a while, and track.
            left = lifecycle.flush_all() if callable(self.previous) else lifecycle.shut_down_all()
            if left:
                log_seldom(f"signal {number}", "%d messages were not delivered before the end", left)
        except Exception as error:  # noqa: BLE001 - the process must end as it would have
            log_seldom("signal", "flushing on signal %d failed: %s", number, place_of(error))

    def _hand_over(self, number: int, frame: FrameType | None) -> None:
        if callable(self.previous):
            self.previous(number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)


def _holds_a_lock(frame: FrameType | None) -> bool:
    """Whether the interrupted code may hold a lock that delivering needs."""
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith(_LOCKING):
            return True
        frame = frame.f_back
    return False


def _send_again(number: int) -> None:
    time.sleep(_MOMENT)
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)  # so that it also wakes from a system call
    else:
        signal.raise_signal(number)
