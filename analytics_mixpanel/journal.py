"""The client's own log: never a payload or a secret, never the same line many times."""

from __future__ import annotations

import logging
import os
import time
from typing import Final

log: Final = logging.getLogger("analytics_mixpanel")
_handle: Final = log.handle


def _printable(argument: object) -> object:
    """What an application or a destination said may hold half a character, which no log file takes."""
    return argument.encode(errors="backslashreplace").decode() if isinstance(argument, str) else argument


def _handle_safely(record: logging.LogRecord) -> None:
    """Keep what the application's log handlers raise from its calls and from the delivery."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_printable, record.args))
    try:
        _handle(record)
    except Exception:  # noqa: BLE001, S110 - a log that fails has no other place to say so
        pass


log.handle = _handle_safely  # type: ignore[method-assign]

# A line of one kind is logged at most this often, in seconds; what happens meanwhile is in the stats.
SELDOM: Final = 30.0
_KINDS_LIMIT: Final = 1_000

_last_logged: dict[str, float] = {}


def log_seldom(kind: str, text: str, *arguments: object, level: int = logging.WARNING) -> None:
    """Log a line unless one of its kind was logged a short while ago."""
    now = time.monotonic()
    if now - _last_logged.get(kind, -SELDOM) < SELDOM:
        return
    if len(_last_logged) >= _KINDS_LIMIT:
        _last_logged.clear()
    _last_logged[kind] = now
    log.log(level, text, *map(_writable, arguments))


def _writable(argument: object) -> object:
    """Replace the halves of characters, which no file or terminal takes."""
    return argument.encode(errors="replace").decode() if isinstance(argument, str) else argument


def place_of(error: BaseException) -> str:
    """An exception's type and where it was raised; its text may hold the application's values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = os.path.basename(trace.tb_frame.f_code.co_filename)  # noqa: PTH119 - pathlib is slow to import
    return f"{type(error).__name__} at {file}:{trace.tb_lineno}"
