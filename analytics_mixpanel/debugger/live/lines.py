"""What arrived, in lines: one for each event, update, refusal and message, as ``tail`` prints them."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.debugger.store import Store

_NEWEST: Final = "SELECT coalesce(max(id), 0) FROM arrivals"
_COUNT: Final = "SELECT count(*) FROM arrivals WHERE id > ?"
_LINES: Final = """
    SELECT a.id, a.kind, a.record, a.project, a.received, a.verdict, a.name, a.type, a.library, a.message,
           COALESCE(i.canonical, a.user) AS user,
           COALESCE(CASE a.kind
               WHEN 'rejection' THEN (SELECT message FROM rejections WHERE id = a.record)
               WHEN 'request' THEN (SELECT error FROM requests WHERE id = a.record)
               WHEN 'message' THEN (SELECT json_extract(errors, '$[0].message') FROM messages
                                    WHERE id = a.record)
           END, '') AS reason
    FROM arrivals a LEFT JOIN identities i ON i.project = a.project AND i.member = a.user
    WHERE a.id > ? ORDER BY a.id DESC LIMIT ?
"""

Line = dict[str, Any]


def newest_line(store: Store) -> int:
    """Give the id of the newest line, or 0."""
    with store.reading() as db:
        return int(db.execute(_NEWEST).fetchone()[0])


def count_since(store: Store, line: int) -> int:
    """Count the lines after one."""
    with store.reading() as db:
        return int(db.execute(_COUNT, (line,)).fetchone()[0])


def lines_since(store: Store, line: int, most: int) -> tuple[list[Line], int]:
    """Give the newest lines after one, oldest first, and how many older ones are left out.

    A line has ``id``; ``kind`` and ``record``, the row that it is about; ``project``, ``received`` (seconds
    since 1970), ``verdict``, ``name``, ``user``, ``type``, ``library``, ``message`` (an id, or None) and
    ``reason``.
    """
    with store.reading() as db:
        rows = db.execute(_LINES, (line, most)).fetchall()
        total = len(rows) if len(rows) < most else int(db.execute(_COUNT, (line,)).fetchone()[0])
    return [dict(row) for row in reversed(rows)], total - len(rows)
