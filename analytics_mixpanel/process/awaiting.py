"""Flushing and shutting down in asyncio, without holding up the loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.journal import log_seldom

if TYPE_CHECKING:
    from asyncio import Future

# Seconds beyond the timeout, for what keeps it to the letter and needs a moment to say so.
_GRACE: Final = 0.5


async def awaited(end: Callable[[float], int], timeout: float, left: Callable[[], int]) -> int:
    """Run ``end(timeout)`` on a thread of its own and give what it returns.

    Not in the loop's executor, whose threads the application may keep busy, and whose work the end of the
    loop waits for.

    Args:
        end: flushes or shuts down; returns how many messages are left.
        timeout: seconds that it may take.
        left: says so too, for when it takes longer than that.
    """
    import asyncio  # noqa: PLC0415 - an application without asyncio does not load it

    loop = asyncio.get_running_loop()
    done: Future[int] = loop.create_future()
    until = time.monotonic() + timeout

    def settle(count: int) -> None:
        if not done.done():
            done.set_result(count)

    def run() -> None:
        try:
            count = end(max(0.0, until - time.monotonic()))
            loop.call_soon_threadsafe(settle, count)
        except RuntimeError:
            pass  # the loop was closed meanwhile: nobody waits

    try:
        threading.Thread(target=run, name="analytics-mixpanel flush", daemon=True).start()
    except RuntimeError:
        log_seldom("no thread to flush", "no thread can be started, and the event loop must not wait")
        return left()
    await asyncio.wait([done], timeout=timeout + _GRACE)
    return done.result() if done.done() else left()
