"""Delivering before something ends: an event loop, an invocation, a process that is told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from analytics_mixpanel.process import freezing, signals
from analytics_mixpanel.process.awaiting import awaited

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

P = ParamSpec("P")
R = TypeVar("R")


class Ending:
    """What a client offers besides ``flush`` and ``shutdown``."""

    #: Deliver what all clients have when a signal ends the process; see analytics_mixpanel.flush_on_signals.
    flush_on_signals = staticmethod(signals.flush_on_signals)

    async def aflush(self: Client, timeout: float | None = None) -> int:  # type: ignore[misc]
        """Flush without holding up the event loop; how many messages are not settled yet. See ``flush``."""
        seconds = self.flush_timeout if timeout is None else timeout
        return await awaited(self.flush, seconds, lambda: self.pending)

    async def ashutdown(self: Client, timeout: float | None = None) -> int:  # type: ignore[misc]
        """Shut down without holding up the event loop; how many messages were lost. See ``shutdown``."""
        seconds = self.shutdown_timeout if timeout is None else timeout
        return await awaited(self.shutdown, seconds, lambda: self.pending)

    def flush_after(self: Client, function: Callable[P, R]) -> Callable[P, R]:  # type: ignore[misc]
        """Flush whenever this function, or coroutine function, has run: before its process is frozen.

        The flush ends 200 ms before the time that the function's second argument says is left, if it has
        ``get_remaining_time_in_millis()`` as AWS Lambda's has, and within ``flush_timeout``.
        """
        return freezing.flush_after(function, lambda: self)
