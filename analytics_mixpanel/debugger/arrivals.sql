-- The page's list: a narrow row for each thing that arrived, newest last. The database keeps it by itself, so that
-- ingestion knows nothing of the page, and a filter over 100,000 rows reads no large value.
--
-- kind      event, operation, rejection, request (refused as a whole) or message (which became no record)
-- record    the id in the table of that kind
-- verdict   accepted, duplicate, rejected, or not sent
-- message   the message in Segment's form that it was made of, where that is known

CREATE TABLE IF NOT EXISTS arrivals (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record INTEGER NOT NULL, request INTEGER NOT NULL,
    project TEXT NOT NULL, received REAL NOT NULL, verdict TEXT NOT NULL, name TEXT NOT NULL,
    user TEXT NOT NULL, type TEXT NOT NULL, library TEXT NOT NULL, message INTEGER
);
CREATE INDEX IF NOT EXISTS arrivals_of_records ON arrivals (kind, record);
CREATE INDEX IF NOT EXISTS arrivals_of_messages ON arrivals (message) WHERE message IS NOT NULL;
CREATE INDEX IF NOT EXISTS arrivals_in_time ON arrivals (verdict, received);

CREATE TRIGGER IF NOT EXISTS event_arrived AFTER INSERT ON events BEGIN
    INSERT INTO arrivals (kind, record, request, project, received, verdict, name, user, type, library)
    VALUES ('event', NEW.id, NEW.request, NEW.project, NEW.received, 'accepted', NEW.event, NEW.distinct_id,
            'event', coalesce(json_extract(CAST(NEW.properties AS TEXT), '$.mp_lib'), ''));
END;

-- Of an event's duplicates the last one is shown: a sender that repeats itself for ever fills no memory.
CREATE TRIGGER IF NOT EXISTS event_repeated AFTER UPDATE OF duplicates ON events BEGIN
    DELETE FROM arrivals WHERE kind = 'event' AND record = NEW.id AND verdict = 'duplicate';
    INSERT INTO arrivals (kind, record, request, project, received, verdict, name, user, type, library)
    VALUES ('event', NEW.id, NEW.request, NEW.project, NEW.received, 'duplicate', NEW.event, NEW.distinct_id,
            'event', coalesce(json_extract(CAST(NEW.properties AS TEXT), '$.mp_lib'), ''));
END;

CREATE TRIGGER IF NOT EXISTS operation_arrived AFTER INSERT ON operations BEGIN
    INSERT INTO arrivals (kind, record, request, project, received, verdict, name, user, type, library)
    VALUES ('operation', NEW.id, NEW.request, NEW.project, NEW.received, 'accepted', NEW.verb, NEW.profile,
            CASE NEW.group_key WHEN '' THEN 'profile update' ELSE 'group update' END, '');
END;

CREATE TRIGGER IF NOT EXISTS rejection_arrived AFTER INSERT ON rejections BEGIN
    INSERT INTO arrivals (kind, record, request, project, received, verdict, name, user, type, library)
    SELECT 'rejection', NEW.id, NEW.request, '',
           coalesce((SELECT received FROM requests WHERE id = NEW.request),
                    (julianday('now') - 2440587.5) * 86400),
           'rejected',
           coalesce(json_extract(body, '$.event'), ''),
           coalesce(json_extract(body, '$.properties.distinct_id'), json_extract(body, '$."$distinct_id"'),
                    json_extract(body, '$."$group_id"'), ''),
           CASE NEW.endpoint WHEN '/engage' THEN 'profile update' WHEN '/groups' THEN 'group update'
                ELSE 'event' END,
           coalesce(json_extract(body, '$.properties.mp_lib'), '')
    FROM (SELECT CASE WHEN json_valid(CAST(NEW.record AS TEXT)) THEN CAST(NEW.record AS TEXT) ELSE 'null' END
          AS body);
END;

CREATE TRIGGER IF NOT EXISTS request_refused AFTER UPDATE OF error ON requests WHEN NEW.error <> '' BEGIN
    INSERT INTO arrivals (kind, record, request, project, received, verdict, name, user, type, library)
    VALUES ('request', NEW.id, NEW.id, '', NEW.received, 'rejected', NEW.method || ' ' || NEW.path, '',
            'request', '');
END;

-- A message is in the list by itself while no record of it is there, or where one of its mappings failed.
CREATE TRIGGER IF NOT EXISTS message_arrived AFTER INSERT ON messages BEGIN
    INSERT INTO arrivals
        (kind, record, request, project, received, verdict, name, user, type, library, message)
    SELECT 'message', NEW.id, NEW.request, NEW.token, NEW.received,
           CASE WHEN EXISTS (SELECT 1 FROM json_each(NEW.errors) WHERE json_extract(value, '$.severity') = 'error')
                THEN 'rejected' ELSE 'not sent' END,
           coalesce(json_extract(body, '$.event'), json_extract(body, '$.name'), ''),
           coalesce(json_extract(body, '$.userId'), json_extract(body, '$.anonymousId'), ''),
           NEW.type, NEW.library, NEW.id
    FROM (SELECT CASE WHEN json_valid(CAST(NEW.body AS TEXT)) THEN CAST(NEW.body AS TEXT) ELSE 'null' END AS body);
END;

-- Linked to a record, it is in the list no more by itself, save where the record is another message's already.
CREATE TRIGGER IF NOT EXISTS message_linked AFTER INSERT ON links BEGIN
    UPDATE arrivals SET message = NEW.message,
        type = coalesce((SELECT type FROM messages WHERE id = NEW.message), type),
        library = coalesce((SELECT library FROM messages WHERE id = NEW.message), library)
    WHERE kind = NEW.kind AND record = NEW.record AND message IS NULL;
    UPDATE arrivals SET verdict = 'duplicate'
    WHERE kind = 'message' AND record = NEW.message AND verdict = 'not sent' AND NOT EXISTS
        (SELECT 1 FROM arrivals WHERE message = NEW.message AND kind <> 'message');
    DELETE FROM arrivals WHERE kind = 'message' AND record = NEW.message AND verdict = 'not sent';
END;

CREATE TRIGGER IF NOT EXISTS message_failed AFTER UPDATE OF errors ON messages BEGIN
    UPDATE arrivals SET verdict = 'rejected' WHERE kind = 'message' AND record = NEW.id AND verdict = 'not sent'
        AND EXISTS (SELECT 1 FROM json_each(NEW.errors) WHERE json_extract(value, '$.severity') = 'error');
END;

-- What is kept no more is shown no more.
CREATE TRIGGER IF NOT EXISTS event_gone AFTER DELETE ON events BEGIN
    DELETE FROM arrivals WHERE kind = 'event' AND record = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS operation_gone AFTER DELETE ON operations BEGIN
    DELETE FROM arrivals WHERE kind = 'operation' AND record = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS rejection_gone AFTER DELETE ON rejections BEGIN
    DELETE FROM arrivals WHERE kind = 'rejection' AND record = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS request_gone AFTER DELETE ON requests BEGIN
    DELETE FROM arrivals WHERE kind = 'request' AND record = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS message_gone AFTER DELETE ON messages BEGIN
    DELETE FROM arrivals WHERE kind = 'message' AND record = OLD.id;
END;
