"""What the application's threads put aside for the reporting thread: bounded, and without a wait."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from typing import Any, Final

MOST_MESSAGES: Final = 5_000
MOST_LOSSES: Final = 100


class Mailbox:
    """One process's messages and losses that are still to be reported.

    Putting is an append, which is atomic: a signal handler that interrupts one on its thread may put as well.

    Attributes:
        pid: the process that it belongs to.
        open: whether anything is kept; not while the debugger is away.
        put: how many messages were put, those included that had to make room.
        losses: the latest, each with a number that counts up.
        stopped: set to end the thread.
        since: when it was made, in seconds since 1970.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.open = True
        self.put = 0
        self.losses: deque[dict[str, Any]] = deque(maxlen=MOST_LOSSES)
        self.stopped = False
        self.since = time.time()
        self._messages: deque[Any] = deque(maxlen=MOST_MESSAGES)
        self._taken = 0
        self._bell = threading.Lock()
        self._bell.acquire()
        self._awake = True

    def add_message(self, message: Any) -> None:
        """Keep a message; the oldest one goes where there is no room."""
        self._messages.append(message)
        self.put += 1
        if not self._awake:
            self.wake()

    def add_loss(self, loss: dict[str, Any]) -> None:
        """Keep a loss."""
        self.losses.append(loss)
        self.wake()

    def take(self, limit: int) -> list[Any]:
        """Take the oldest messages."""
        taken: list[Any] = []
        while len(taken) < limit:
            try:
                taken.append(self._messages.popleft())
            except IndexError:
                break
        self._taken += len(taken)
        return taken

    def clear(self) -> None:
        """Forget the messages."""
        self._messages.clear()
        self._taken = self.put

    @property
    def missed(self) -> int:
        """How many messages had to make room; close to it while others are being put."""
        return max(0, self.put - self._taken - len(self._messages))

    def wake(self) -> None:
        """End the thread's sleep."""
        self._awake = True
        try:
            self._bell.release()
        except RuntimeError:
            pass  # it is awake

    def sleep(self, seconds: float) -> None:
        """Sleep until something was put, or the time is up."""
        self._awake = False
        if not self._messages and not self.stopped:
            self._bell.acquire(timeout=seconds)
        self._awake = True

    def rest(self, seconds: float) -> None:
        """Sleep until woken or until the time is up, whatever was put."""
        self._bell.acquire(timeout=seconds)
