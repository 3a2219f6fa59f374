"""Which threads deliver: they make room, so they must never wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

# A context variable, not a thread's: greenlets have their own, whenever gevent was told to patch.
_DELIVERING: Final = ContextVar("analytics_mixpanel_delivering", default=False)

#: Whether the present thread or greenlet delivers.
is_delivering: Final = _DELIVERING.get


@contextmanager
def delivering() -> Iterator[None]:
    """Within it the present thread delivers, and so do the hooks and callbacks that it runs."""
    token = _DELIVERING.set(True)
    try:
        yield
    finally:
        _DELIVERING.reset(token)
