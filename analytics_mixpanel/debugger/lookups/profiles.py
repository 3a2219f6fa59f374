"""Users and groups: who there is, what was done to each profile, and what joins them."""

from __future__ import annotations

from typing import Any, Final

import orjson
from attrs import frozen

from analytics_mixpanel.debugger.lookups.filters import contained
from analytics_mixpanel.debugger.lookups.rows import decoded, rows
from analytics_mixpanel.debugger.store import Store

# One row for each user who has events or a profile; the id of a user is the one that stands for all others.
_SEEN: Final = """
    WITH seen AS (
        SELECT a.project, COALESCE(i.canonical, a.user) AS user, count(*) AS events,
               max(a.received) AS last, max(a.id) AS arrival
        FROM arrivals a LEFT JOIN identities i ON i.project = a.project AND i.member = a.user
        WHERE a.kind = 'event' AND a.verdict = 'accepted' AND a.user <> '' GROUP BY 1, 2
    ), everybody AS (
        SELECT p.id, p.project, p.profile AS user, p.properties, p.updated, coalesce(s.events, 0) AS events,
               max(p.updated, coalesce(s.last, 0)) AS last, s.arrival
        FROM profiles p LEFT JOIN seen s ON s.project = p.project AND s.user = p.profile
        WHERE p.group_key = ''
        UNION ALL
        SELECT NULL, s.project, s.user, '{}', NULL, s.events, s.last, s.arrival FROM seen s
        WHERE NOT EXISTS (SELECT 1 FROM profiles p
                          WHERE p.project = s.project AND p.group_key = '' AND p.profile = s.user)
    )
"""
_FOUND: Final = """
    FROM everybody WHERE :whole = '' OR user LIKE :text ESCAPE '\\'
    OR CAST(properties AS TEXT) LIKE :text ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM identities i WHERE i.project = everybody.project
               AND i.canonical = everybody.user AND i.member = :whole)
"""
_GROUPS: Final = """
    FROM profiles WHERE group_key <> '' AND (:whole = '' OR profile LIKE :text ESCAPE '\\'
    OR group_key LIKE :text ESCAPE '\\' OR CAST(properties AS TEXT) LIKE :text ESCAPE '\\')
"""
_PROFILE: Final = "SELECT id, project, group_key, profile, properties, updated FROM profiles WHERE id = :id"
_NUMBER: Final = """
    SELECT id FROM profiles WHERE project = :project AND group_key = :group_key AND profile = :profile
"""
_KEYS: Final = "SELECT DISTINCT group_key FROM profiles WHERE project = :project AND group_key <> ''"
_HISTORY: Final = """
    SELECT o.id, o.verb, o.value, o.received, a.id AS arrival
    FROM operations o LEFT JOIN arrivals a ON a.kind = 'operation' AND a.record = o.id
    WHERE o.project = :project AND o.group_key = :group_key AND o.profile = :profile
    ORDER BY o.id DESC LIMIT :limit
"""
# A cheap look for the id's text comes before the JSON is read.
_JOINED: Final = """
    {part} WHERE t.project = :project AND instr(t.properties, CAST(:json AS BLOB))
    AND EXISTS (SELECT 1 FROM json_each(CAST(t.properties AS TEXT)) field WHERE field.key = :group_key
        AND (CAST(field.value AS TEXT) = :profile OR field.type = 'array'
             AND EXISTS (SELECT 1 FROM json_each(field.value) item
                         WHERE CAST(item.value AS TEXT) = :profile)))
    ORDER BY t.id DESC LIMIT :limit
"""
_JOINED_EVENTS: Final = _JOINED.format(
    part="""SELECT (SELECT max(id) FROM arrivals WHERE kind = 'event' AND record = t.id) AS arrival
            FROM events t"""
)
_JOINED_USERS: Final = _JOINED.format(
    part="SELECT t.id, t.profile AS user, t.properties FROM profiles t"
).replace("WHERE", "WHERE t.group_key = '' AND", 1)


@frozen
class User:
    """One user of the list.

    Attributes:
        id: of the profile, or None for a user without one.
        properties: of the profile.
        arrival: the user's newest event, or None.
    """

    id: int | None
    project: str
    user: str
    properties: dict[str, Any]
    updated: float | None
    events: int
    last: float
    arrival: int | None


@frozen
class Group:
    """One profile: of a group, or of a user where the group key is ""."""

    id: int
    project: str
    group_key: str
    profile: str
    properties: dict[str, Any]
    updated: float


@frozen
class Profiles:
    """Users and groups."""

    _store: Store

    def users(self, text: str, offset: int, limit: int) -> tuple[int, list[User]]:
        """Give how many users are found by a text in their ids or profiles, and a page, last seen first."""
        values = {"whole": text, "text": contained(text), "offset": offset, "limit": limit}
        found = rows(
            self._store,
            f"{_SEEN} SELECT *, count(*) OVER () AS total {_FOUND}"
            " ORDER BY last DESC, user LIMIT :limit OFFSET :offset",
            values,
        )
        total = found[0]["total"] if found else 0
        return total, [User(**decoded({k: v for k, v in row.items() if k != "total"})) for row in found]

    def groups(self, text: str, offset: int, limit: int) -> tuple[int, list[Group]]:
        """Give how many groups are found by a text in their keys, ids or profiles, and a page of them."""
        values = {"whole": text, "text": contained(text), "offset": offset, "limit": limit}
        total = rows(self._store, f"SELECT count(*) AS total {_GROUPS}", values)[0]["total"]
        found = rows(
            self._store,
            f"SELECT id, project, group_key, profile, properties, updated {_GROUPS}"
            " ORDER BY updated DESC, id DESC LIMIT :limit OFFSET :offset",
            values,
        )
        return total, [Group(**decoded(row)) for row in found]

    def find(self, number: int) -> Group | None:
        """Give one profile, of a user or of a group, or None."""
        found = rows(self._store, _PROFILE, {"id": number})
        return Group(**decoded(found[0])) if found else None

    def number_of(self, project: str, group_key: str, profile: str) -> int | None:
        """Give the id of somebody's profile, or None."""
        found = rows(
            self._store,
            _NUMBER,
            {"project": project, "group_key": group_key, "profile": profile},
        )
        return int(found[0]["id"]) if found else None

    def ids(self, project: str, user: str) -> list[str]:
        """Give every id of a user, the user's own first."""
        user = self._store.canonical(project, user) or user
        return [user, *(each for each in self._store.cluster(project, user) if each != user)]

    def history(self, project: str, group_key: str, profile: str, limit: int) -> list[dict[str, Any]]:
        """Give the newest operations on a profile: ``id verb value received arrival``."""
        values = {"project": project, "group_key": group_key, "profile": profile, "limit": limit}
        return [decoded(row) for row in rows(self._store, _HISTORY, values)]

    def events_of(self, group: Group, limit: int) -> list[int]:
        """Give the newest events that have the group's id under its key, as the ids of arrivals."""
        found = rows(self._store, _JOINED_EVENTS, self._joined(group, limit))
        return [row["arrival"] for row in found if row["arrival"] is not None]

    def members_of(self, group: Group, limit: int) -> list[dict[str, Any]]:
        """Give the users whose profiles have the group's id under its key: ``id user properties``."""
        return [decoded(row) for row in rows(self._store, _JOINED_USERS, self._joined(group, limit))]

    def joins(self, project: str, properties: dict[str, Any]) -> list[tuple[str, str, int | None]]:
        """Give what group keys are among the properties: the key, the id, and the id of the profile."""
        keys = [row["group_key"] for row in rows(self._store, _KEYS, {"project": project})]
        joined = []
        for key in (each for each in keys if each in properties):
            value = properties[key]
            for each in value if isinstance(value, list) else [value]:
                joined.append((key, str(each), self.number_of(project, key, str(each))))
        return joined

    @staticmethod
    def _joined(group: Group, limit: int) -> dict[str, Any]:
        return {
            "project": group.project,
            "group_key": group.group_key,
            "profile": group.profile,
            "json": orjson.dumps(group.profile)[1:-1],
            "limit": limit,
        }
