"""Keeps what arrived, in SQLite: in memory, or in a file.

It knows nothing of Mixpanel's rules: ingestion decides, this keeps and gives back.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, Final, TypeVar

import orjson

from analytics_mixpanel.debugger import statements
from analytics_mixpanel.debugger.database import open_database
from analytics_mixpanel.debugger.stored import (
    Event,
    Group,
    Operation,
    Profile,
    Rejection,
    Request,
    StoredMessage,
)

_JSON_COLUMNS: Final = frozenset({"query", "headers", "properties", "value", "record", "body", "errors"})
# Profiles and merged ids are no history: they stay, up to so many times what is kept of the rest.
_ROOM: Final = {"profiles": 10, "identities": 10}
_SLACK: Final = 128  # what is too old goes in blocks of this fraction: one by one would cost each write

Kept = TypeVar("Kept")
ProfileKey = tuple[str, str, str]


def _decoded(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in _JSON_COLUMNS else value


class Store:
    """Everything one stand-in received; safe to use from any thread.

    Args:
        path: a SQLite file, or None for memory.
        keep: how many of each kind are kept; the oldest go first.

    Attributes:
        revision: counts the writes since it was opened.
        generation: counts how often everything was forgotten.
    """

    def __init__(self, path: str | PathLike[str] | None = None, *, keep: int = 100_000) -> None:
        self._keep = keep
        self._changed = threading.Condition()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self.generation = self.revision = 0
        self._depth = 0
        self._db = open_database(path)
        self._oldest = {table: self._ends(table)[0] for table in statements.TABLES}

    def close(self) -> None:
        """Close the file; nothing can be read afterwards."""
        with self._changed:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make what is written inside visible at once, or not at all; one inside another is part of it."""
        with self._changed:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth, self.revision = 1, self.revision + 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
                self._changed.notify_all()
            finally:
                self._depth = 0
        for listener in self._listeners:
            listener()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, for queries; writers wait until the block ends."""
        with self._changed:
            yield self._db

    def listen(self, listener: Callable[[], None]) -> None:
        """Have a function called after every write, on the writer's thread; it must not block."""
        self._listeners = (*self._listeners, listener)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``condition`` holds, asking again after every write, and say whether it does."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def clear(self) -> None:
        """Forget everything."""
        with self.writing():
            for table in statements.TABLES:
                self._db.execute(statements.CLEAR[table])
            self._oldest = dict.fromkeys(statements.TABLES, 1)
            self.generation += 1

    # Reading

    def requests(self) -> list[Request]:
        """Give the requests, oldest first."""
        return self._all(Request, statements.REQUESTS)

    def events(self, project: str | None = None, event: str | None = None) -> list[Event]:
        """Give the events, oldest first; of duplicates, the latest."""
        return self._all(Event, statements.EVENTS, project=project, event=event)

    def profiles(self, project: str | None = None) -> list[Profile]:
        """Give the users' profiles, oldest first."""
        return self._all(Profile, statements.PROFILES, project=project)

    def groups(self, project: str | None = None) -> list[Group]:
        """Give the groups' profiles, oldest first."""
        return self._all(Group, statements.GROUPS, project=project)

    def operations(self, profile: str | None = None, group_key: str | None = None) -> list[Operation]:
        """Give the updates that profiles got, oldest first; those of a user have the group key ''."""
        return self._all(Operation, statements.OPERATIONS, profile=profile, group_key=group_key)

    def rejections(self) -> list[Rejection]:
        """Give the records that were refused, oldest first."""
        return self._all(Rejection, statements.REJECTIONS)

    def messages(self) -> list[StoredMessage]:
        """Give the messages in Segment's form, oldest first."""
        return self._all(StoredMessage, statements.MESSAGES)

    def links(self, message: int) -> list[tuple[str, int]]:
        """Give the records that a message became, as (kind, id)."""
        with self._changed:
            rows = self._db.execute(statements.LINKS, (message,)).fetchall()
        return [(row["kind"], row["record"]) for row in rows]

    def newest(self, table: str) -> int:
        """Give the highest id of a table, or 0."""
        with self._changed:
            return self._ends(table)[1]

    def span(self, table: str) -> tuple[int, int]:
        """Give the highest id of a table that loses only its oldest rows, and how many rows it has."""
        with self._changed:
            first, last = self._ends(table)
        return last, last - first + 1

    def find_event(self, project: str, insert_id: str) -> int | None:
        """Give the newest event with this ``$insert_id``."""
        with self._changed:
            found: int | None = self._db.execute(statements.FIND_EVENT, (insert_id, project)).fetchone()[0]
        return found

    def counts(self) -> dict[str, int]:
        """Count what is kept of each kind, and the duplicates that are not."""
        with self._changed:
            row = self._db.execute(statements.COUNTS).fetchone()
        return dict(row)

    def profile(self, key: ProfileKey) -> dict[str, Any] | None:
        """Give the properties of the profile (project, group key, id), or None."""
        with self._changed:
            row = self._db.execute(statements.PROFILE, key).fetchone()
        return None if row is None else dict(orjson.loads(row["properties"]))

    def canonical(self, project: str, member: str) -> str | None:
        """Give the id that stands for ``member``, or None for one that was never merged."""
        with self._changed:
            row = self._db.execute(statements.CANONICAL, (project, member)).fetchone()
        return None if row is None else str(row["canonical"])

    def cluster(self, project: str, canonical: str) -> list[str]:
        """Give every id that was merged into this one."""
        with self._changed:
            rows = self._db.execute(statements.CLUSTER, (project, canonical)).fetchall()
        return [str(row["member"]) for row in rows]

    def find_message(self, token: str, message_id: str) -> int | None:
        """Give the first message that came by Segment's HTTP API with this id."""
        with self._changed:
            row = self._db.execute(statements.FIND_MESSAGE, (message_id, token)).fetchone()
        return None if row is None else int(row["id"])

    def _all(self, kind: Callable[..., Kept], sql: str, **parameters: str | None) -> list[Kept]:
        with self._changed:
            rows = self._db.execute(sql, parameters).fetchall()
        return [kind(**{name: _decoded(name, row[name]) for name in row.keys()}) for row in rows]  # noqa: SIM118

    # Writing, inside ``writing()``

    def add_request(
        self, received: float, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> int:
        """Keep a request that has begun, and give its id."""
        row = (received, method, path, orjson.dumps(query), orjson.dumps(headers))
        number = self._db.execute(statements.ADD_REQUEST, row).lastrowid
        self._trim("requests")
        assert number is not None
        return number

    def close_request(self, request: int, **columns: int | str) -> None:
        """Note the size, the status, the error and the counts of a request."""
        assert columns.keys() <= statements.CLOSING
        names = ", ".join(f"{name} = ?" for name in columns)
        row = (*columns.values(), request)
        self._db.execute(statements.CLOSE_REQUEST.format(columns=names), row)

    def add_events(self, rows: Sequence[tuple[Any, ...]]) -> int:
        """Keep events, in the columns of ``ADD_EVENT``, and count those that took an equal one's place."""
        newest = self.newest("events")
        self._db.executemany(statements.ADD_EVENT, rows)
        new = self.newest("events") - newest  # ids have no gaps: each new row takes the next
        self._trim("events")
        return len(rows) - new

    def put_profile(self, key: ProfileKey, properties: Mapping[str, Any], updated: float) -> None:
        """Keep a profile as it is now."""
        self._db.execute(statements.PUT_PROFILE, (*key, orjson.dumps(properties), updated))

    def delete_profile(self, key: ProfileKey) -> None:
        """Forget a profile; its history stays."""
        self._db.execute(statements.DELETE_PROFILE, key)

    def add_operations(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Keep updates, in the columns of ``ADD_OPERATION``."""
        self._db.executemany(statements.ADD_OPERATION, rows)
        self._trim("operations")
        self._trim("profiles")

    def merge(self, project: str, member: str, canonical: str) -> None:
        """Make ``canonical`` stand for ``member`` and for everything that ``member`` stood for."""
        self._db.execute(statements.MOVE_CLUSTER, (canonical, project, member))
        self._db.executemany(statements.JOIN_CLUSTER, [(project, m, canonical) for m in (member, canonical)])
        self._trim("identities")

    def add_rejections(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Keep refused records, in the columns of ``ADD_REJECTION``."""
        self._db.executemany(statements.ADD_REJECTION, rows)
        self._trim("rejections")

    def add_message(self, row: tuple[Any, ...]) -> int:
        """Keep a message in Segment's form, in the columns of ``ADD_MESSAGE``, and give its id."""
        number = self._db.execute(statements.ADD_MESSAGE, row).lastrowid
        self._trim("messages")
        assert number is not None
        return number

    def link(self, message: int, records: Iterable[tuple[str, int]]) -> None:
        """Note what a message became: (kind, id) of each record; a link that is there already stays."""
        self._db.executemany(statements.ADD_LINK, [(message, kind, record) for kind, record in records])

    def _ends(self, table: str) -> tuple[int, int]:
        first, last = self._db.execute(statements.ENDS[table]).fetchone()
        return int(first), int(last)

    def _trim(self, table: str) -> None:
        keep = self._keep * _ROOM.get(table, 1)
        newest = self._ends(table)[1]
        if newest - self._oldest[table] + 1 <= keep + keep // _SLACK:
            return
        self._db.execute(statements.TRIM[table], (newest - keep,))
        if table == "messages":
            self._db.execute(statements.TRIM_LINKS, (newest - keep,))
        self._oldest[table] = newest - keep + 1
