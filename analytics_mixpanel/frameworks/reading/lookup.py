"""Asking the application about a request, in a way that can neither break it nor hold it up for long."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from analytics_mixpanel.journal import log_seldom, place_of

T = TypeVar("T")

#: A lookup that takes longer, in seconds, is left alone for a while.
SLOW: Final = 0.5
REST: Final = 30.0


class Lookup:
    """A function of the application that knows something about a request.

    One that raises is logged and ignored. One that is slow holds up one request, and is not asked again for
    half a minute: the messages meanwhile go without what it knows.

    Args:
        name: the option that it was given as.
        function: from the request to what it knows, or None.
        now: tells the time in seconds.
    """

    def __init__(
        self, name: str, function: Callable[[Any], Any], now: Callable[[], float] = time.monotonic
    ) -> None:
        self.name: Final = name
        self._function: Final = function
        self._now: Final = now
        self._rests_until = float("-inf")

    def ask(self, request: Any) -> Any:
        """What it knows about the request; None if it fails, or rests."""
        started = self._now()
        if started < self._rests_until:
            return None
        answer = attempt(self.name, lambda: _not_awaitable(self._function(request)))
        ended = self._now()
        if ended - started > SLOW:
            self._rests_until = ended + REST
            log_seldom(
                f"slow lookup {self.name}",
                "the lookup of %s took %.1f seconds of a request; it is not asked for %d seconds",
                self.name, ended - started, REST,
            )  # fmt: skip
        return answer


def attempt(name: str, read: Callable[[], T]) -> T | None:
    """What ``read`` gives; None if it raises, which is logged."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - analytics must not break the application
        log_seldom(f"lookup {name}", "%s was left out: %s", name, place_of(error))
        return None


def _not_awaitable(answer: Any) -> Any:
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise TypeError("a lookup cannot be async: track() does not wait")
    return answer
