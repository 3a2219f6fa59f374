"""Records without an ``$insert_id``: updates of profiles, and the events that merge ids.

One is known by what it says. Of several that say the same, the oldest is the oldest message's.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import orjson

from analytics_mixpanel.debugger.identity import VERBS, ids_of

#: The mark of a record → the rows that have it and are no message's yet, oldest first.
Unclaimed = dict[bytes, deque[tuple[str, int]]]

# Of each table, the newest rows that no link leads to.
_OPERATIONS: Final = """
    SELECT id, record FROM operations AS own
    WHERE id > (SELECT max(id) FROM operations) - 1000 AND received >= ?
        AND NOT EXISTS (SELECT 1 FROM links WHERE kind = 'operation' AND record = own.id)
    ORDER BY id
"""
_EVENTS: Final = """
    SELECT id, event, properties FROM events AS own
    WHERE id > (SELECT max(id) FROM events) - 1000 AND received >= ?
        AND event IN ('$identify', '$create_alias', '$merge')
        AND NOT EXISTS (SELECT 1 FROM links WHERE kind = 'event' AND record = own.id)
    ORDER BY id
"""
# What a client's settings put into an update beside the message.
_BESIDE: Final = frozenset({"$token", "$ip", "$group_key"})


def mark(record: Mapping[str, Any]) -> bytes:
    """Give what tells a record from others: equal for those that say the same."""
    if (verb := record.get("event")) in VERBS:
        return orjson.dumps([verb, *ids_of(verb, record["properties"])])
    told = {name: value for name, value in record.items() if name not in _BESIDE}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def unclaimed(db: sqlite3.Connection, since: float) -> Unclaimed:
    """Gather what arrived since a moment, in seconds since 1970."""
    found: Unclaimed = {}
    for row in db.execute(_OPERATIONS, (since,)):
        found.setdefault(mark(orjson.loads(row["record"])), deque()).append(("operation", row["id"]))
    for row in db.execute(_EVENTS, (since,)):
        record = {"event": row["event"], "properties": orjson.loads(row["properties"])}
        found.setdefault(mark(record), deque()).append(("event", row["id"]))
    return found
