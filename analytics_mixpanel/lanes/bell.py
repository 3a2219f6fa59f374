"""Waking a thread that sleeps."""

from __future__ import annotations

import threading
from typing import Final

# Seconds; nobody sleeps longer without looking around.
_LONGEST: Final = 60.0


class Bell:
    """Wakes the one thread that waits for it; remembers one ring while nobody does.

    It may be rung from anywhere, a signal handler too: ringing waits for nothing, which an Event's does.
    """

    __slots__ = ("_silence",)

    def __init__(self) -> None:
        self._silence = threading.Lock()
        self._silence.acquire()

    def ring(self) -> None:
        """Wake who waits, or who will wait next."""
        try:
            self._silence.release()
        except RuntimeError:
            pass  # rung already, not yet heard

    def is_like(self, other: Bell) -> bool:
        """Whether both are of the same kind: gevent and eventlet may have replaced locks in between."""
        return type(self._silence) is type(other._silence)

    def wait(self, seconds: float) -> None:
        """Sleep until it rings, for so long at most."""
        self._silence.acquire(timeout=max(0.0, min(seconds, _LONGEST)))
