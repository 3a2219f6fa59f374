"""The SQL of the list; ``{condition}`` is that of the filters, ``{ids}`` names of parameters."""

from __future__ import annotations

from typing import Final

_ROWS: Final = """
    SELECT a.id, a.kind, a.record, a.request, a.project, a.received, a.verdict, a.name, a.user, a.type,
           a.library, a.message,
           CASE a.kind
               WHEN 'event' THEN (SELECT properties FROM events WHERE id = a.record)
               WHEN 'operation' THEN (SELECT value FROM operations WHERE id = a.record)
               WHEN 'rejection' THEN (SELECT message FROM rejections WHERE id = a.record)
               WHEN 'request' THEN (SELECT error FROM requests WHERE id = a.record)
               WHEN 'message' THEN (SELECT errors FROM messages WHERE id = a.record)
           END AS detail
    FROM arrivals a
"""

PAGE: Final = _ROWS + "WHERE a.id <= :newest AND {condition} ORDER BY a.id DESC LIMIT :limit OFFSET :offset"
FIND: Final = _ROWS + "WHERE a.id = :id"
OF_MESSAGE: Final = (
    _ROWS
    + """JOIN links ON links.kind = a.kind AND links.record = a.record
         WHERE links.message = :message ORDER BY a.id LIMIT 200"""
)
OF_USER: Final = (
    _ROWS
    + """WHERE a.kind = 'event' AND a.project = :project AND a.user IN ({ids})
         ORDER BY a.id DESC LIMIT :limit"""
)
AMONG: Final = _ROWS + "WHERE a.id IN ({ids}) ORDER BY a.id DESC"

TOTAL: Final = "SELECT count(*) AS total FROM arrivals a WHERE a.id <= :newest AND {condition}"
# Without filters: what the database has counted already.
TOTAL_OF_ALL: Final = """
    SELECT (SELECT count(*) FROM arrivals) - (SELECT count(*) FROM arrivals WHERE id > :newest) AS total
"""
AFTER: Final = "SELECT count(*) AS total FROM arrivals a WHERE a.id > :newest AND {condition}"
NEWEST: Final = "SELECT coalesce(max(id), 0) AS newest FROM arrivals"
NEWER: Final = "SELECT min(a.id) AS id FROM arrivals a WHERE a.id > :id AND {condition}"
OLDER: Final = "SELECT max(a.id) AS id FROM arrivals a WHERE a.id < :id AND {condition}"
SPAN: Final = """
    SELECT (SELECT received FROM arrivals ORDER BY id LIMIT 1) AS first,
           (SELECT received FROM arrivals ORDER BY id DESC LIMIT 1) AS last
"""
VOLUME: Final = """
    SELECT min(CAST((a.received - :since) / :step AS INTEGER), :bars - 1) AS place,
           a.verdict, count(*) AS total
    FROM arrivals a WHERE a.received >= :since AND {condition} GROUP BY 1, 2
"""
# Without filters: one range of an index for each bar.
VOLUME_OF_ALL: Final = """
    WITH RECURSIVE places(place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM places WHERE place < :bars - 1),
        verdicts(verdict) AS (VALUES ('accepted'), ('rejected'), ('duplicate'), ('not sent'))
    SELECT place, verdict, (
        SELECT count(*) FROM arrivals a WHERE a.verdict = verdicts.verdict
            AND a.received >= :since + place * :step
            AND a.received < CASE place WHEN :bars - 1 THEN 9e99 ELSE :since + (place + 1) * :step END
    ) AS total FROM verdicts, places
"""
TYPES: Final = "SELECT DISTINCT type AS value FROM arrivals ORDER BY 1 LIMIT 100"
LIBRARIES: Final = "SELECT DISTINCT library AS value FROM arrivals WHERE library <> '' ORDER BY 1 LIMIT 100"
