"""What every adapter gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen

from benchmarks.event import Event


@frozen
class Connection:
    """An open client.

    Attributes:
        track: record an event.
        flush: return when everything recorded has been sent and answered.
    """

    track: Callable[[Event], Any]
    flush: Callable[[], Any]
