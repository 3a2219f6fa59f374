"""Property names that an application cannot use: dropped, counted, and said once."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

_LOG: Final = logging.getLogger("analytics_mixpanel")


class ReservedProperties:
    """Drops properties with reserved names and counts them.

    Every thread counts under its own key, so that no count is lost and there is no lock for a fork to keep.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._said: dict[str, object] = {}

    def without(self, names: Collection[str], properties: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the properties without those of these names."""
        kept = {name: value for name, value in properties.items() if name not in names}
        if len(kept) != len(properties):
            for name in properties:
                if name in names:
                    self._note(name)
        return kept

    def counts(self) -> dict[str, int]:
        """Answer how often each name was dropped."""
        totals: Counter[str] = Counter()
        for (name, _), count in list(self._counts.items()):
            totals[name] += count
        return dict(totals)

    def _note(self, name: str) -> None:
        key = name, threading.get_ident()
        self._counts[key] = self._counts.get(key, 0) + 1
        if name in self._said:
            return
        first = object()
        if self._said.setdefault(name, first) is first:  # of two threads, one says it
            _LOG.warning(
                "Mixpanel: the event property %r is dropped, since its name is reserved: give it another. "
                "Mixpanel.reserved_properties counts how often.",
                name,
            )
