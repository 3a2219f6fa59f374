"""One arrival opened: the message it was made of, every record of that message, and what was answered."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.debugger.lookups.arrivals import Arrival, Arrivals
from analytics_mixpanel.debugger.lookups.rows import first
from analytics_mixpanel.debugger.store import Store

_ROWS: Final = {
    "event": """
        SELECT e.endpoint, e.event, e.distinct_id, e.time, e.insert_id, e.properties, e.duplicates,
               COALESCE(i.canonical, e.distinct_id) AS user
        FROM events e LEFT JOIN identities i ON i.project = e.project AND i.member = e.distinct_id
        WHERE e.id = :id
    """,
    "operation": "SELECT group_key, profile, verb, value, record FROM operations WHERE id = :id",
    "rejection": """
        SELECT endpoint, "index", field, message, insert_id, record FROM rejections WHERE id = :id
    """,
    "request": "SELECT error FROM requests WHERE id = :id",
    "message": "SELECT errors FROM messages WHERE id = :id",
}
_REQUEST: Final = """
    SELECT id, received, method, path, query, headers, size, status, error, accepted, rejected, dropped,
           duplicates
    FROM requests WHERE id = :id
"""
_MESSAGE: Final = """
    SELECT id, received, message_id, type, library, body, errors, source FROM messages WHERE id = :id
"""


@frozen
class Part:
    """One record, and what became of it.

    Attributes:
        row: the columns of its kind, decoded.
        record: what Mixpanel got, or None where there is no record.
        request: the HTTP request that brought it, decoded, or None where it is kept no more.
    """

    arrival: Arrival
    row: dict[str, Any]
    record: Any
    request: dict[str, Any] | None

    @property
    def endpoint(self) -> str:
        """Where the record went, e.g. ``/import``."""
        if "endpoint" in self.row:
            return str(self.row["endpoint"])
        if self.arrival.kind == "operation":
            return "/groups" if self.row["group_key"] else "/engage"
        return str(self.request["path"]) if self.request else ""


@frozen
class Opened:
    """One arrival with all that belongs to it.

    Attributes:
        message: the message in Segment's form, with its ``body`` and its ``errors``, or None.
        parts: every record that the message became, oldest first; the arrival's own is among them.
    """

    arrival: Arrival
    message: dict[str, Any] | None
    parts: list[Part]


def open_arrival(store: Store, arrival: Arrival) -> Opened:
    """Gather what belongs to an arrival."""
    message = None
    parts = [arrival]
    if arrival.message is not None:
        message = first(store, _MESSAGE, id=arrival.message)
        parts = _once(Arrivals(store).of_message(arrival.message), arrival) or parts
    return Opened(arrival, message, [_part(store, each) for each in parts])


def _once(arrivals: list[Arrival], own: Arrival) -> list[Arrival]:
    """Leave out what shows a record a second time: of an event and its repeat, the one that was opened."""
    by_record: dict[tuple[str, int], Arrival] = {}
    for each in arrivals:
        if each.id == own.id or (each.kind, each.record) not in by_record:
            by_record[each.kind, each.record] = each
    return list(by_record.values())


def _part(store: Store, arrival: Arrival) -> Part:
    row = first(store, _ROWS[arrival.kind], id=arrival.record) or {}
    request = first(store, _REQUEST, id=arrival.request)
    return Part(arrival, row, _record(arrival, row), request)


def _record(arrival: Arrival, row: dict[str, Any]) -> Any:
    if arrival.kind == "event" and row:
        return {"event": row["event"], "properties": row["properties"]}
    return row.get("record")
