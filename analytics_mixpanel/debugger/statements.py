"""The store's SQL."""

from __future__ import annotations

from typing import Final

TABLES: Final = (
    "requests",
    "events",
    "profiles",
    "operations",
    "identities",
    "rejections",
    "messages",
    "links",
)

CLEAR: Final = {table: f"DELETE FROM {table}" for table in TABLES}  # noqa: S608 - our own names
TRIM: Final = {
    table: f"DELETE FROM {table} WHERE id <= ?"  # noqa: S608 - our own names
    for table in TABLES
}
TRIM_LINKS: Final = "DELETE FROM links WHERE message <= ?"
ENDS: Final = {
    table: f"SELECT coalesce((SELECT min(id) FROM {table}), 1), coalesce((SELECT max(id) FROM {table}), 0)"  # noqa: S608
    for table in TABLES
}

EVENTS: Final = """
    SELECT e.id, e.request, e.project, e.endpoint, e.received, e.event, e.distinct_id,
           COALESCE(i.canonical, e.distinct_id) AS user, e.time, e.insert_id, e.properties, e.duplicates
    FROM events e LEFT JOIN identities i ON i.project = e.project AND i.member = e.distinct_id
    WHERE (:project IS NULL OR e.project = :project) AND (:event IS NULL OR e.event = :event)
    ORDER BY e.id
"""
PROFILES: Final = """
    SELECT project, profile AS distinct_id, properties, updated FROM profiles
    WHERE group_key = '' AND (:project IS NULL OR project = :project) ORDER BY id
"""
GROUPS: Final = """
    SELECT project, group_key, profile AS group_id, properties, updated FROM profiles
    WHERE group_key <> '' AND (:project IS NULL OR project = :project) ORDER BY id
"""
OPERATIONS: Final = """
    SELECT id, request, project, group_key, profile, verb, value, record, received FROM operations
    WHERE (:profile IS NULL OR profile = :profile) AND (:group_key IS NULL OR group_key = :group_key)
    ORDER BY id
"""
REQUESTS: Final = """
    SELECT id, received, method, path, query, headers, size, status, error, accepted, rejected, dropped,
           duplicates
    FROM requests ORDER BY id
"""
REJECTIONS: Final = """
    SELECT id, request, endpoint, "index", field, message, insert_id, record FROM rejections ORDER BY id
"""
MESSAGES: Final = """
    SELECT id, received, token, message_id, type, library, request, body, errors, source
    FROM messages ORDER BY id
"""
LINKS: Final = "SELECT kind, record FROM links WHERE message = ? ORDER BY id"
COUNTS: Final = """
    SELECT (SELECT count(*) FROM requests) AS requests,
           (SELECT count(*) FROM events) AS events,
           (SELECT coalesce(sum(duplicates), 0) FROM events) AS duplicates,
           (SELECT count(*) FROM profiles WHERE group_key = '') AS profiles,
           (SELECT count(*) FROM profiles WHERE group_key <> '') AS groups,
           (SELECT count(*) FROM rejections) AS rejections,
           (SELECT count(*) FROM messages) AS messages
"""
PROFILE: Final = "SELECT properties FROM profiles WHERE project = ? AND group_key = ? AND profile = ?"
CANONICAL: Final = "SELECT canonical FROM identities WHERE project = ? AND member = ?"
CLUSTER: Final = "SELECT member FROM identities WHERE project = ? AND canonical = ? ORDER BY id"
FIND_EVENT: Final = "SELECT max(id) FROM events WHERE insert_id = ? AND project = ?"

FIND_MESSAGE: Final = """
    SELECT id FROM messages WHERE message_id = ? AND token = ? AND source = 'segment' ORDER BY id LIMIT 1
"""

ADD_REQUEST: Final = "INSERT INTO requests (received, method, path, query, headers) VALUES (?, ?, ?, ?, ?)"
CLOSING: Final = frozenset({"size", "status", "error", "accepted", "rejected", "dropped", "duplicates"})
CLOSE_REQUEST: Final = "UPDATE requests SET {columns} WHERE id = ?"
ADD_EVENT: Final = """
    INSERT INTO events
        (request, project, endpoint, received, event, distinct_id, time, insert_id, properties)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET request = excluded.request, endpoint = excluded.endpoint,
        received = excluded.received, properties = excluded.properties, duplicates = duplicates + 1
"""
PUT_PROFILE: Final = """
    INSERT INTO profiles (project, group_key, profile, properties, updated) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET properties = excluded.properties, updated = excluded.updated
"""
DELETE_PROFILE: Final = "DELETE FROM profiles WHERE project = ? AND group_key = ? AND profile = ?"
ADD_OPERATION: Final = """
    INSERT INTO operations (request, project, group_key, profile, verb, value, record, received)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
MOVE_CLUSTER: Final = "UPDATE identities SET canonical = ? WHERE project = ? AND canonical = ?"
JOIN_CLUSTER: Final = """
    INSERT INTO identities (project, member, canonical) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET canonical = excluded.canonical
"""
ADD_REJECTION: Final = """
    INSERT INTO rejections (request, endpoint, "index", field, message, insert_id, record)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
ADD_MESSAGE: Final = """
    INSERT INTO messages (received, token, message_id, type, library, request, body, errors, source)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_LINK: Final = "INSERT OR IGNORE INTO links (message, kind, record) VALUES (?, ?, ?)"
