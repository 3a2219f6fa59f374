"""The groups of one user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from analytics_mixpanel.scopes.values import GroupIds

# Mixpanel takes lists of fewer than 255 elements; and a user of more kinds of groups is a mistake.
MOST_GROUPS: Final = 254
MOST_KEYS: Final = 50

# The mark under which it was made; ids by key, where there is one and where there are several.
_Shown: TypeAlias = tuple[object, dict[str, str], dict[str, list[str]]]


class Membership:
    """Group ids by group key, changed by any thread without a lock: each step is one operation of a dict."""

    __slots__ = ("_ids", "_mark", "_shown")

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, None]] = {}
        # What was made under another mark than the present one may miss the latest change.
        self._mark = object()
        self._shown: _Shown = (None, {}, {})

    def groups(self) -> dict[str, list[str]]:
        """Group key → ids, in the order in which they were joined."""
        return {key: list(ids) for key, ids in self._ids.copy().items() if ids}

    def tied(self) -> Mapping[str, GroupIds]:
        """Group key → id, or where there are several a list of the caller's."""
        made_under, one, several = self._shown
        if made_under is not self._mark:
            one, several = self._sort()
        return {**one, **{key: ids.copy() for key, ids in several.items()}} if several else one

    def _sort(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        mark, groups = self._mark, self.groups()
        one = {key: ids[0] for key, ids in groups.items() if len(ids) == 1}
        several = {key: ids for key, ids in groups.items() if len(ids) > 1}
        self._shown = (mark, one, several)
        return one, several

    def join(self, key: str, group_id: str) -> None:
        """Add a group; beyond the most, the one joined first is forgotten."""
        if key not in self._ids and len(self._ids) >= MOST_KEYS:
            return
        ids = self._ids.setdefault(key, {})
        ids[group_id] = None
        if len(ids) > MOST_GROUPS:
            ids.pop(list(ids)[0], None)  # noqa: RUF015 - in one step, unlike an iterator
        self._mark = object()

    def leave(self, key: str, group_id: str) -> None:
        """Take a group out."""
        ids = self._ids.get(key)
        if ids is not None:
            ids.pop(group_id, None)
        self._mark = object()
