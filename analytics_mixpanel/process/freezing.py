"""Functions after which the process may be frozen, as in AWS Lambda: what they track leaves first."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from analytics_mixpanel.journal import log_seldom, place_of

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

P = ParamSpec("P")
R = TypeVar("R")

#: Seconds that are left to whoever called the function.
_RESERVE: Final = 0.2


def flush_after(function: Callable[P, R], client: Callable[[], Client | None]) -> Callable[P, R]:
    """The function, which flushes before it returns or raises; a coroutine function awaits that.

    Args:
        function: called as it is. When its second argument, or the one named ``context``, has
            ``get_remaining_time_in_millis()``, the flush ends 200 ms before that time is up; it never takes
            longer than the setting ``flush_timeout``.
        client: gives the client to flush, if there is one by then.
    """
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def awaiting(*args: P.args, **kwargs: P.kwargs) -> Any:
            try:
                return await function(*args, **kwargs)
            finally:
                if used := client():
                    _report(await used.aflush(_seconds(used, args, kwargs)))

        return awaiting  # type: ignore[return-value]  # R is what awaiting it gives

    @wraps(function)
    def calling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        finally:
            if used := client():
                _report(used.flush(_seconds(used, args, kwargs)))

    return calling


def _seconds(client: Client, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    """How long a flush may take."""
    context = kwargs.get("context", args[1] if len(args) > 1 else None)
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if not callable(remaining):
        return client.flush_timeout
    try:
        return max(0.0, min(client.flush_timeout, float(remaining()) / 1000 - _RESERVE))
    except Exception as error:  # noqa: BLE001 - a context that does not know its time costs no invocation
        log_seldom("context", "the time that is left is not known: %s", place_of(error))
        return client.flush_timeout


def _report(left: int) -> None:
    if left:
        log_seldom("frozen", "%d messages are not delivered yet: they wait for the next invocation", left)
