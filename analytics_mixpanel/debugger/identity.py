"""Who an event belongs to: Original and Simplified ID Merge.

Failures to merge are silent, as in Mixpanel: the event is kept, with the reason among its properties.
Source: Mixpanel docs, Identifying Users (Original, Simplified).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from attrs import frozen

from analytics_mixpanel.debugger.validation import is_disallowed

VERBS: Final = frozenset({"$identify", "$create_alias", "$merge"})

_DEVICE: Final = "$device:"
_UUID4: Final = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}", re.IGNORECASE
)


class Clusters(Protocol):
    """Where merged ids are kept."""

    def canonical(self, project: str, member: str) -> str | None:
        """Give the id that stands for ``member``, or None for one that was never merged."""

    def cluster(self, project: str, canonical: str) -> list[str]:
        """Give every id that was merged into this one."""

    def merge(self, project: str, member: str, canonical: str) -> None:
        """Make ``canonical`` stand for ``member`` and for everything that ``member`` stood for."""


@frozen
class Identity:
    """The ids of one project.

    Attributes:
        project: its token.
        clusters: where merged ids are kept.
        largest: how many ids one user may have.
    """

    project: str
    clusters: Clusters
    largest: int = 500

    def canonical(self, member: str) -> str:
        """Give the id that stands for ``member``; itself, if it was never merged."""
        return self.clusters.canonical(self.project, member) or member

    def original(self, properties: Mapping[str, Any]) -> str:
        """Give an event's distinct id in a project of Original ID Merge; the device changes nothing."""
        distinct_id = properties.get("distinct_id")
        return "" if distinct_id is None else str(distinct_id)

    def simplified(self, properties: dict[str, Any]) -> str:
        """Give an event's distinct id in a project of Simplified ID Merge, and merge device and user.

        A device that already belongs to another user stays with that user.
        """
        user, device = _simplified_ids(properties)
        if user and device:
            member = _DEVICE + device
            owner = self.clusters.canonical(self.project, member)
            if owner is None:
                self.clusters.merge(self.project, member, user)
            elif owner != user:
                reason = "$device_id is already merged with another $user_id"  # text ours
                properties["$identity_failure_reason"] = reason
        if user or not device:
            return user
        return _DEVICE + device

    def apply(self, verb: str, properties: dict[str, Any]) -> str:
        """Merge ids as an identity event says, and give the event's distinct id.

        What stands in the way is noted in ``properties``.
        """
        first, second = ids_of(verb, properties)
        reason = self._obstacle(verb, first, second)
        if reason:
            properties["$failure_reason"] = verb
            properties["$failure_description"] = reason
        elif self.canonical(first) != self.canonical(second):
            self.clusters.merge(self.project, self.canonical(second), self.canonical(first))
        return first

    def _obstacle(self, verb: str, first: str, second: str) -> str | None:
        """Say why two ids cannot be merged, or None; the texts are ours."""
        if not first or not second:
            return "an id is missing or empty"
        if is_disallowed(first) or is_disallowed(second):
            return "an id is one of the disallowed ids"
        if self.canonical(first) == self.canonical(second):
            return None
        if verb == "$identify" and not _UUID4.fullmatch(second):
            return "$anon_id is not a UUID v4"
        return self._obstacle_among_merged(verb, first, second)

    def _obstacle_among_merged(self, verb: str, first: str, second: str) -> str | None:
        owner = self.clusters.canonical(self.project, second)
        # A user who has ids of their own may still become an alias; an alias may not change hands.
        if (verb == "$identify" and owner) or (verb == "$create_alias" and owner not in (None, second)):
            return "the id is already merged with another one"
        if self._size(first) + self._size(second) > self.largest:
            return f"a user cannot have more than {self.largest} ids"
        return None

    def _size(self, member: str) -> int:
        return max(1, len(self.clusters.cluster(self.project, self.canonical(member))))


def _simplified_ids(properties: Mapping[str, Any]) -> tuple[str, str]:
    """Give the user's and the device's id; a lone ``distinct_id`` is one or the other."""
    user, device = (str(properties.get(name) or "") for name in ("$user_id", "$device_id"))
    device = device.removeprefix(_DEVICE)
    distinct_id = str(properties.get("distinct_id") or "")
    if not user and not device:
        if distinct_id.startswith(_DEVICE):
            return "", distinct_id.removeprefix(_DEVICE)
        return distinct_id, ""
    return user, device


def ids_of(verb: str, properties: Mapping[str, Any]) -> tuple[str, str]:
    """Give the id that is to stand for both, and the other one."""
    if verb == "$identify":
        pair = properties.get("$identified_id"), properties.get("$anon_id")
    elif verb == "$create_alias":
        pair = properties.get("distinct_id"), properties.get("alias")
    else:
        ids = properties.get("$distinct_ids")
        pair = (ids[0], ids[1]) if isinstance(ids, list) and len(ids) == 2 else (None, None)
    return str(pair[0] or ""), str(pair[1] or "")
