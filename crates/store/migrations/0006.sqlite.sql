-- Entries of the log whose events this database has lost: leaves that were read back from the published log, with the places that they
-- keep. A row goes when its event comes back.
CREATE TABLE log_lost (
    log_index INTEGER NOT NULL PRIMARY KEY CONSTRAINT log_lost_index_from_zero CHECK (log_index >= 0),
    event TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL CONSTRAINT log_lost_hash_length CHECK (length(leaf_hash) = 32),
    UNIQUE (stream, n)
) STRICT;

-- A stream of which events are lost is locked: what would be written next would take the place of what was.
CREATE TRIGGER heads_whole_insert BEFORE INSERT ON heads
WHEN EXISTS (SELECT 1 FROM log_lost WHERE stream = NEW.stream) BEGIN
    SELECT RAISE(ABORT, 'stream_has_lost_events');
END;
CREATE TRIGGER heads_whole_update BEFORE UPDATE ON heads
WHEN EXISTS (SELECT 1 FROM log_lost WHERE stream = NEW.stream) BEGIN
    SELECT RAISE(ABORT, 'stream_has_lost_events');
END;

-- Who looked what up: numbered without gaps, never changed.
CREATE TABLE lookups (
    number INTEGER NOT NULL PRIMARY KEY CONSTRAINT lookups_number_from_one CHECK (number >= 1),
    organ TEXT NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    post TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE INDEX lookups_organ ON lookups (organ, number);

CREATE TRIGGER lookups_no_update BEFORE UPDATE ON lookups BEGIN
    SELECT RAISE(ABORT, 'lookups is insert-only');
END;
CREATE TRIGGER lookups_no_delete BEFORE DELETE ON lookups BEGIN
    SELECT RAISE(ABORT, 'lookups is insert-only');
END;
CREATE TRIGGER lookups_no_replace BEFORE INSERT ON lookups
WHEN EXISTS (SELECT 1 FROM lookups WHERE number = NEW.number) BEGIN
    SELECT RAISE(ABORT, 'lookups is insert-only');
END;
