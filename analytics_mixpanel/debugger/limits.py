"""Mixpanel's limits, and the rate limit that goes with them."""

from __future__ import annotations

from collections import deque
from typing import Final

from attrs import define, field, frozen

_WINDOW: Final = 60.0


@frozen
class Limits:
    """How much the stand-in takes; the defaults are the documented figures.

    Where the documents disagree with what others report, the field says which was taken.

    Attributes:
        events: per request to ``/import`` or ``/track``.
        profile_updates: per request to ``/engage``.
        group_updates: per request to ``/groups``; the documents say 2,000, Mixpanel's own tools send 200.
        request_bytes: uncompressed; the documents say 10 MB, the sample answer of a 413 says 2,097,152.
        event_bytes: of one event as JSON.
        properties: an event, and an object in it, has fewer keys than this.
        elements: a list has fewer than this.
        depth: of nested objects and lists; the documents say 3, about 10 is what was seen enforced.
        text: characters of a string; what is longer is cut, not refused.
        name: characters of an event's or a property's name.
        profile_properties: of one profile.
        cluster: ids merged into one user.
        bytes_per_minute: of one project, uncompressed, over a rolling minute.
    """

    events: int = 2000
    profile_updates: int = 2000
    group_updates: int = 200
    request_bytes: int = 10 * 1024 * 1024
    event_bytes: int = 1_000_000
    properties: int = 255
    elements: int = 255
    depth: int = 10
    text: int = 255
    name: int = 255
    profile_properties: int = 2000
    cluster: int = 500
    bytes_per_minute: int = 2_000_000_000


@define
class Rate:
    """What a project sent over the last minute."""

    _sent: deque[tuple[float, int]] = field(factory=deque)
    _total: int = 0

    def take(self, size: int, now: float, limit: int) -> bool:
        """Count ``size`` bytes and say whether they fit; what does not fit is not counted."""
        while self._sent and self._sent[0][0] <= now - _WINDOW:
            self._total -= self._sent.popleft()[1]
        if self._total + size > limit:
            return False
        self._sent.append((now, size))
        self._total += size
        return True
