"""Property names that an application cannot use: dropped, counted, and said once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, Final

from analytics_mixpanel.tally import Tally

_LOG: Final = logging.getLogger("analytics_mixpanel")


class ReservedProperties:
    """Drops properties with reserved names and counts them."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

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
        counts = {name: tally.count() for name, tally in list(self._tallies.items())}
        return {name: count for name, count in counts.items() if count}

    def _note(self, name: str) -> None:
        if self._tallies.setdefault(name, Tally()).add() == 0:
            _LOG.warning(
                "Mixpanel: the event property %r is dropped, since its name is reserved: give it another. "
                "Mixpanel.reserved_properties counts how often.",
                name,
            )
