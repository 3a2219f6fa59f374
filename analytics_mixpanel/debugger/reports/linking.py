"""From a live client's message to the records that arrived of it.

The two come by different ways, in either order. So what a message must become is asked of the mappings in
force, and looked for when the message comes, and again after every write, for a minute. Events are found by
their ``$insert_id``, which is made of the messageId; what has none, by what it says (``unnamed``).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from attrs import define, field, frozen

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.reports.unnamed import Unclaimed, mark, unclaimed

#: Seconds that records are looked for, and messages for which they are.
PATIENCE: Final = 60.0
MOST: Final = 1_000
# Seconds between two looks that writes cause; each report causes one as well.
_EVERY: Final = 0.2

_EVENTS: Final = "SELECT id FROM events WHERE insert_id = ?"
_REJECTIONS: Final = """
    SELECT id FROM rejections WHERE insert_id = ? AND id > (SELECT max(id) FROM rejections) - 1000
"""
_TOKEN: Final = "token"  # noqa: S105 - stands for the project's, which a report does not have


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
    marks: list[bytes]


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
            if wanted.insert_ids or wanted.marks:
                self._wanted.append(wanted)
        self._look()

    def clear(self) -> None:
        """Look for nothing more."""
        self._wanted.clear()

    def look(self) -> None:
        """Link what has come, now and then; called after every write, of which its own are some."""
        if self._wanted and time.monotonic() >= self._next:
            self._look()

    def _look(self) -> None:
        if not self._looking.acquire(blocking=False):
            return
        self._next = time.monotonic() + _EVERY
        try:
            now, unnamed = self._desk.now(), self._unclaimed()
            for wanted in self._taken():
                with self._desk.store.reading() as db:
                    found = list(_found(db, wanted, unnamed))
                if found:
                    with self._desk.store.writing():
                        self._desk.store.link(wanted.number, found)
                if (wanted.insert_ids or wanted.marks) and wanted.until > now:
                    self._wanted.append(wanted)
        finally:
            self._looking.release()

    def _taken(self) -> list[_Wanted]:
        taken: list[_Wanted] = []
        with suppress(IndexError):  # it may be cleared meanwhile
            taken.extend(self._wanted.popleft() for _ in range(len(self._wanted)))
        return taken

    def _unclaimed(self) -> Unclaimed:
        if not any(wanted.marks for wanted in self._wanted.copy()):
            return {}
        with self._desk.store.reading() as db:
            return unclaimed(db, self._desk.now() - PATIENCE)

    def _wanted_of(self, each: Unlinked, until: float) -> _Wanted:
        wanted = _Wanted(each.number, until, set(), [])
        for record in self._desk.translate(each.message, _TOKEN).records:
            if insert_id := record.body.get("properties", {}).get("$insert_id"):
                wanted.insert_ids.add(str(insert_id))
            else:
                wanted.marks.append(mark(record.body))
        return wanted


def _found(db: sqlite3.Connection, wanted: _Wanted, unnamed: Unclaimed) -> Iterator[tuple[str, int]]:
    for insert_id in list(wanted.insert_ids):
        for kind, sql in (("event", _EVENTS), ("rejection", _REJECTIONS)):
            row = db.execute(sql, (insert_id,)).fetchone()
            if row is not None:
                wanted.insert_ids.discard(insert_id)
                yield kind, row["id"]
    for each in list(wanted.marks):
        if rows := unnamed.get(each):
            wanted.marks.remove(each)
            yield rows.popleft()
