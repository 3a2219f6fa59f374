"""Names: those that no super property may have, and those that Mixpanel has for traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics_mixpanel.journal import log
from analytics_mixpanel.tally import Tally

#: What events cannot carry. Source: the properties that Segment's action for Mixpanel leaves out.
RESERVED: Final = frozenset(
    {"time", "id", "$anon_id", "distinct_id", "$group_id", "$insert_id", "$user_id"},
)
#: Mixpanel's names for traits. Source: Segment's Classic destination, which registers traits under these.
TRAITS: Final[Mapping[str, str]] = {
    "created": "$created",
    "email": "$email",
    "firstName": "$first_name",
    "lastName": "$last_name",
    "lastSeen": "$last_seen",
    "name": "$name",
    "username": "$username",
    "phone": "$phone",
}


class Reserved:
    """Keeps reserved names out, and counts them."""

    def __init__(self) -> None:
        self._tallies = {name: Tally() for name in RESERVED}

    def without(self, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """The properties that may be registered; a name that may not is warned of once."""
        if RESERVED.isdisjoint(properties):
            return properties
        for name in RESERVED.intersection(properties):
            if self._tallies[name].add() == 0:
                log.warning("the super property %r was left out: Mixpanel keeps the name for itself", name)
        return {name: value for name, value in properties.items() if name not in RESERVED}

    def counts(self) -> dict[str, int]:
        """How often each was left out."""
        counts = {name: tally.count() for name, tally in self._tallies.items()}
        return {name: count for name, count in counts.items() if count}
