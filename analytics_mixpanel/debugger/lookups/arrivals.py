"""The list of what arrived: a page of it, how much there is, and when it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from analytics_mixpanel.debugger.lookups import statements
from analytics_mixpanel.debugger.lookups.filters import Filters
from analytics_mixpanel.debugger.lookups.rows import rows
from analytics_mixpanel.debugger.store import Store


@frozen
class Arrival:
    """One thing that arrived.

    Attributes:
        kind: ``event``, ``operation``, ``rejection``, ``request`` or ``message``.
        record: the id in the table of that kind.
        request: the id of the HTTP request that brought it, or 0.
        received: seconds since 1970.
        verdict: ``accepted``, ``duplicate``, ``rejected`` or ``not sent``.
        name: of the event, or the operation.
        user: the id of the user, or of the group.
        message: the id of the message it was made of, or None.
        detail: an event's properties or an operation's value as JSON, the reason of a rejection or of a
            request, a message's errors as JSON.
    """

    id: int
    kind: str
    record: int
    request: int
    project: str
    received: float
    verdict: str
    name: str
    user: str
    type: str
    library: str
    message: int | None
    detail: str | bytes | None = None


@frozen
class Page:
    """A part of the list.

    Attributes:
        newest: the id of the newest arrival that the list has; the list stays the same below it.
        total: how many arrivals it has.
        rows: newest first.
    """

    newest: int
    total: int
    rows: list[Arrival]


@frozen
class Arrivals:
    """The list, newest first."""

    _store: Store

    def page(self, filters: Filters, *, newest: int | None = None, offset: int = 0, limit: int = 100) -> Page:
        """Give a part of the list as it was when ``newest`` was the newest arrival, or as it is."""
        newest = self.newest() if newest is None else newest
        values = {**filters.parameters, "newest": newest, "offset": offset, "limit": limit}
        found = self._some(statements.PAGE.format(condition=filters.condition), values)
        counting = statements.TOTAL if filters.chosen else statements.TOTAL_OF_ALL
        total = rows(self._store, counting.format(condition=filters.condition), values)[0]["total"]
        return Page(newest, total, found)

    def newest(self) -> int:
        """Give the id of the newest arrival, or 0."""
        return int(rows(self._store, statements.NEWEST)[0]["newest"])

    def count_after(self, filters: Filters, newest: int) -> int:
        """Count what arrived since."""
        values = {**filters.parameters, "newest": newest}
        return int(
            rows(self._store, statements.AFTER.format(condition=filters.condition), values)[0]["total"]
        )

    def find(self, number: int) -> Arrival | None:
        """Give one arrival, or None where it is kept no more."""
        found = self._some(statements.FIND, {"id": number})
        return found[0] if found else None

    def among(self, numbers: Sequence[int]) -> list[Arrival]:
        """Give those of some arrivals that are still kept, newest first."""
        ids, values = _listed(numbers)
        return self._some(statements.AMONG.format(ids=ids), values)

    def beside(self, number: int, filters: Filters) -> tuple[int | None, int | None]:
        """Give the ids of the arrivals just newer and just older than one."""
        values = {**filters.parameters, "id": number}
        newer, older = (
            rows(self._store, sql.format(condition=filters.condition), values)[0]["id"]
            for sql in (statements.NEWER, statements.OLDER)
        )
        return newer, older

    def volume(self, filters: Filters, since: float, step: float, bars: int) -> list[tuple[int, str, int]]:
        """Count by time and verdict: which step after ``since``, the verdict, how many arrivals.

        The last one of ``bars`` steps has no end.
        """
        counting = statements.VOLUME if filters.chosen else statements.VOLUME_OF_ALL
        values = {**filters.parameters, "since": since, "step": step, "bars": bars}
        found = rows(self._store, counting.format(condition=filters.condition), values)
        return [(row["place"], row["verdict"], row["total"]) for row in found if row["total"]]

    def span(self) -> tuple[float, float] | None:
        """Give when the oldest and the newest arrived, or None where nothing did."""
        span = rows(self._store, statements.SPAN)[0]
        return None if span["first"] is None else (span["first"], span["last"])

    def types(self) -> list[str]:
        """Give the types that there are."""
        return [row["value"] for row in rows(self._store, statements.TYPES)]

    def libraries(self) -> list[str]:
        """Give the libraries that there are."""
        return [row["value"] for row in rows(self._store, statements.LIBRARIES)]

    def of_message(self, message: int) -> list[Arrival]:
        """Give the arrivals that were made of a message, in their order."""
        return self._some(statements.OF_MESSAGE, {"message": message})

    def of_user(self, project: str, ids: Sequence[str], limit: int) -> list[Arrival]:
        """Give the newest events of a user, under any of the user's ids."""
        listed, values = _listed(ids)
        values |= {"project": project, "limit": limit}
        return self._some(statements.OF_USER.format(ids=listed), values)

    def _some(self, sql: str, values: Mapping[str, Any]) -> list[Arrival]:
        return [Arrival(**row) for row in rows(self._store, sql, values)]


def _listed(items: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Give the names of one parameter for each item, and their values."""
    values = {f"item{index}": item for index, item in enumerate(items)}
    return ", ".join(f":{name}" for name in values), values
