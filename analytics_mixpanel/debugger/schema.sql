-- What the stand-in keeps. Every table has an id, so that each can be held to its newest rows.

CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, received REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, headers TEXT NOT NULL, size INTEGER NOT NULL DEFAULT 0, status INTEGER,
    error TEXT NOT NULL DEFAULT '',
    accepted INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0, duplicates INTEGER NOT NULL DEFAULT 0
);

-- The unique key is Mixpanel's own key for duplicates.
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, request INTEGER NOT NULL, project TEXT NOT NULL, endpoint TEXT NOT NULL,
    received REAL NOT NULL, event TEXT NOT NULL, distinct_id TEXT NOT NULL, time INTEGER NOT NULL,
    insert_id TEXT NOT NULL, properties BLOB NOT NULL, duplicates INTEGER NOT NULL DEFAULT 0,
    UNIQUE (insert_id, distinct_id, time, event, project)
);

-- Users have the group key ''.
CREATE TABLE IF NOT EXISTS profiles (
    id INTEGER PRIMARY KEY, project TEXT NOT NULL, group_key TEXT NOT NULL, profile TEXT NOT NULL,
    properties BLOB NOT NULL, updated REAL NOT NULL,
    UNIQUE (project, group_key, profile)
);

CREATE TABLE IF NOT EXISTS operations (
    id INTEGER PRIMARY KEY, request INTEGER NOT NULL, project TEXT NOT NULL, group_key TEXT NOT NULL,
    profile TEXT NOT NULL, verb TEXT NOT NULL, value BLOB NOT NULL, record BLOB NOT NULL,
    received REAL NOT NULL
);

CREATE TABLE IF NOT EXISTS identities (
    id INTEGER PRIMARY KEY, project TEXT NOT NULL, member TEXT NOT NULL, canonical TEXT NOT NULL,
    UNIQUE (project, member)
);
CREATE INDEX IF NOT EXISTS clusters ON identities (project, canonical);

CREATE TABLE IF NOT EXISTS rejections (
    id INTEGER PRIMARY KEY, request INTEGER NOT NULL, endpoint TEXT NOT NULL, "index" INTEGER NOT NULL,
    field TEXT NOT NULL, message TEXT NOT NULL, insert_id TEXT NOT NULL, record BLOB NOT NULL
);

-- Messages in Segment's form. Their source is "segment" (its HTTP API) or "client" (what a live client reports
-- of itself). "errors" is a JSON list of objects with severity, message, field, preset and action.
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, received REAL NOT NULL, token TEXT NOT NULL, message_id TEXT NOT NULL,
    type TEXT NOT NULL, library TEXT NOT NULL, request INTEGER NOT NULL, body BLOB NOT NULL,
    errors TEXT NOT NULL DEFAULT '[]', source TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS message_ids ON messages (message_id);

-- What a message became: "kind" is event, operation or rejection, "record" the id in the table of that kind.
CREATE TABLE IF NOT EXISTS links (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, kind TEXT NOT NULL, record INTEGER NOT NULL,
    UNIQUE (message, kind, record)
);
CREATE INDEX IF NOT EXISTS linked_records ON links (kind, record);
