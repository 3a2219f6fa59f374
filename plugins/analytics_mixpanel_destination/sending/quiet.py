"""Keeping urllib3's log of our own requests from the application's handlers.

A handler that tracks what it is given would be told of the request which delivers that, track it, and so on.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGGERS: Final = tuple(
    f"urllib3.{name}" for name in ("connectionpool", "poolmanager", "connection", "util.retry")
)


class _Ours(threading.local):
    """Whether this thread is making a request of ours."""

    going: bool = False


_OURS: Final = _Ours()


def _not_ours(_: logging.LogRecord) -> bool:
    return not _OURS.going


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_not_ours)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Log nothing of the requests that are made in this block."""
    _OURS.going = True
    try:
        yield
    finally:
        _OURS.going = False
