"""From a live client's message to the records that arrived of it.

The two come by different ways, in either order. So what a message must become is asked of the mappings in
force, and looked for when the message comes, and again after every write, for a minute. Events are found by
their ``$insert_id``, which is made of the messageId; updates of profiles by being the same.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson
from attrs import define, field, frozen

from analytics_mixpanel.debugger.desk import Desk

#: Seconds that records are looked for, and messages for which they are.
PATIENCE: Final = 60.0
MOST: Final = 1_000
# Seconds between two looks that writes cause; each report causes one as well.
_EVERY: Final = 0.2

_EVENTS: Final = "SELECT id FROM events WHERE insert_id = ?"
_REJECTIONS: Final = """
    SELECT id FROM rejections WHERE insert_id = ? AND id > (SELECT max(id) FROM rejections) - 1000
"""
_OPERATIONS: Final = """
    SELECT id, record FROM operations WHERE profile = ? AND id > (SELECT max(id) FROM operations) - 1000
    ORDER BY id DESC
"""
_TOKEN: Final = "token"  # noqa: S105 - stands for the project's, which a report does not have
_BESIDE: Final = frozenset({"$token", "$ip", "$group_key"})


@frozen
class Unlinked:
    """A message that was kept: its id in the store, and itself."""

    number: int
    message: dict[str, Any]


@define
class _Wanted:
    """What is still looked for of one message."""

    number: int
    until: float
    insert_ids: set[str]
    updates: list[dict[str, Any]]


@define(eq=False)
class Linking:
    """The messages whose records are looked for."""

    _desk: Desk
    _wanted: deque[_Wanted] = field(init=False, factory=lambda: deque(maxlen=MOST))
    _next: float = field(init=False, default=0.0)
    _looking: threading.Lock = field(init=False, factory=threading.Lock)

    def add(self, messages: Iterable[Unlinked]) -> None:
        """Look for the records of messages, now and as they come."""
        until = self._desk.now() + PATIENCE
        for each in messages:
            wanted = self._wanted_of(each, until)
            if wanted.insert_ids or wanted.updates:
                self._wanted.append(wanted)
        self._look()

    def look(self) -> None:
        """Link what has come, now and then; called after every write, of which its own are some."""
        if self._wanted and time.monotonic() >= self._next:
            self._look()

    def _look(self) -> None:
        if not self._looking.acquire(blocking=False):
            return
        self._next = time.monotonic() + _EVERY
        try:
            now = self._desk.now()
            for wanted in [self._wanted.popleft() for _ in range(len(self._wanted))]:
                with self._desk.store.reading() as db:
                    found = list(_found(db, wanted))
                if found:
                    with self._desk.store.writing():
                        self._desk.store.link(wanted.number, found)
                if (wanted.insert_ids or wanted.updates) and wanted.until > now:
                    self._wanted.append(wanted)
        finally:
            self._looking.release()

    def _wanted_of(self, each: Unlinked, until: float) -> _Wanted:
        wanted = _Wanted(each.number, until, set(), [])
        for record in self._desk.translate(each.message, _TOKEN).records:
            if record.endpoint in ("engage", "groups"):
                wanted.updates.append(_bare(record.body))
            elif insert_id := record.body["properties"].get("$insert_id"):
                wanted.insert_ids.add(str(insert_id))
        return wanted


def _found(db: sqlite3.Connection, wanted: _Wanted) -> Iterator[tuple[str, int]]:
    for insert_id in list(wanted.insert_ids):
        for kind, sql in (("event", _EVENTS), ("rejection", _REJECTIONS)):
            row = db.execute(sql, (insert_id,)).fetchone()
            if row is not None:
                wanted.insert_ids.discard(insert_id)
                yield kind, row["id"]
    for update in list(wanted.updates):
        profile = update.get("$distinct_id", update.get("$group_id"))
        for row in db.execute(_OPERATIONS, (str(profile),)).fetchall():
            if _bare(orjson.loads(row["record"])) == update:
                wanted.updates.remove(update)
                yield "operation", row["id"]
                break


def _bare(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a client's settings put into an update beside the message."""
    return {name: value for name, value in record.items() if name not in _BESIDE}
