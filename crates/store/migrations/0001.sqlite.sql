-- The event store, version 1, for SQLite. docs/formats/store.md explains every table.

CREATE TABLE legality_clearance (
    case_stream TEXT NOT NULL,
    draft TEXT NOT NULL,
    event TEXT NOT NULL REFERENCES events (event) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL CONSTRAINT legality_clearance_kind CHECK (kind IN ('lawful', 'risk_stated', 'confirmed')),
    PRIMARY KEY (case_stream, draft)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    stream TEXT NOT NULL,
    n INTEGER NOT NULL CONSTRAINT events_n_from_one CHECK (n >= 1),
    event TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT events_version_from_one CHECK (version >= 1),
    organ TEXT NOT NULL,
    actor TEXT,
    post TEXT,
    unit TEXT,
    acting_for TEXT,
    stage TEXT,
    draft TEXT,
    adopts_draft TEXT,
    opinion TEXT,
    occurred_on TEXT,
    recorded_at INTEGER NOT NULL,
    json TEXT NOT NULL,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL CONSTRAINT events_leaf_hash_length CHECK (length(leaf_hash) = 32),
    body_key BLOB CONSTRAINT events_body_key_length CHECK (length(body_key) = 32),
    PRIMARY KEY (stream, n),
    CONSTRAINT events_adopts_draft_named CHECK (
        adopts_draft IS NOT NULL
        OR kind NOT IN ('tabling_requested', 'tabling_approved', 'decision_adopted', 'decision_issued')
    ),
    CONSTRAINT events_adopts_draft_cleared FOREIGN KEY (stream, adopts_draft)
        REFERENCES legality_clearance (case_stream, draft)
) STRICT;

CREATE INDEX events_actor ON events (actor, recorded_at, stream, n) WHERE actor IS NOT NULL;
CREATE INDEX events_acting_for ON events (acting_for, recorded_at, stream, n) WHERE acting_for IS NOT NULL;
CREATE INDEX events_unit ON events (unit, recorded_at, stream, n) WHERE unit IS NOT NULL;
CREATE INDEX events_draft ON events (stream, draft, n) WHERE draft IS NOT NULL;

CREATE TABLE heads (
    stream TEXT NOT NULL PRIMARY KEY,
    organ TEXT NOT NULL,
    n INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_bodies (
    event TEXT NOT NULL PRIMARY KEY REFERENCES events (event),
    subject TEXT NOT NULL,
    bytes BLOB NOT NULL,
    commitment_key BLOB NOT NULL CONSTRAINT sealed_bodies_key_length CHECK (length(commitment_key) = 32)
) STRICT;

CREATE TABLE subject_keys (
    subject TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    input_digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    stream TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (scope, operation, key)
) STRICT;

CREATE TABLE deadlines (
    stream TEXT NOT NULL,
    clock TEXT NOT NULL,
    due_at INTEGER,
    PRIMARY KEY (stream, clock)
) STRICT, WITHOUT ROWID;

CREATE INDEX deadlines_due ON deadlines (due_at);

CREATE TABLE outbox (
    event TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    done_at INTEGER,
    PRIMARY KEY (event, topic)
) STRICT;

CREATE INDEX outbox_open ON outbox (created_at, event, topic) WHERE done_at IS NULL;

CREATE TABLE snapshots (
    stream TEXT NOT NULL PRIMARY KEY,
    n INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    shape INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE log_pending (
    event TEXT NOT NULL PRIMARY KEY,
    stream TEXT NOT NULL,
    n INTEGER NOT NULL,
    UNIQUE (stream, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_entry (
    log_index INTEGER NOT NULL PRIMARY KEY CONSTRAINT log_entry_index_from_zero CHECK (log_index >= 0),
    event TEXT NOT NULL UNIQUE REFERENCES events (event),
    stream TEXT NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (stream, n)
) STRICT;

CREATE TABLE log_head (
    id INTEGER NOT NULL PRIMARY KEY CONSTRAINT log_head_single CHECK (id = 1),
    size INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    holder TEXT,
    lease_until INTEGER
) STRICT;

INSERT INTO log_head (id, size, epoch) VALUES (1, 0, 0);

CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events is insert-only');
END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events is insert-only');
END;
-- INSERT OR REPLACE removes the old row without asking the trigger above, so it is stopped here.
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE event = NEW.event)
    OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND n = NEW.n) BEGIN
    SELECT RAISE(ABORT, 'events is insert-only');
END;

CREATE TRIGGER legality_clearance_no_update BEFORE UPDATE ON legality_clearance BEGIN
    SELECT RAISE(ABORT, 'legality_clearance is insert-only');
END;
CREATE TRIGGER legality_clearance_no_delete BEFORE DELETE ON legality_clearance BEGIN
    SELECT RAISE(ABORT, 'legality_clearance is insert-only');
END;
-- The first clearance of a draft stands; a second one is passed over, also where it says OR REPLACE.
CREATE TRIGGER legality_clearance_no_replace BEFORE INSERT ON legality_clearance
WHEN EXISTS (SELECT 1 FROM legality_clearance WHERE case_stream = NEW.case_stream AND draft = NEW.draft) BEGIN
    SELECT RAISE(IGNORE);
END;

CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry BEGIN
    SELECT RAISE(ABORT, 'log_entry is insert-only');
END;
CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry BEGIN
    SELECT RAISE(ABORT, 'log_entry is insert-only');
END;
CREATE TRIGGER log_entry_no_replace BEFORE INSERT ON log_entry
WHEN EXISTS (SELECT 1 FROM log_entry WHERE log_index = NEW.log_index OR event = NEW.event)
    OR EXISTS (SELECT 1 FROM log_entry WHERE stream = NEW.stream AND n = NEW.n) BEGIN
    SELECT RAISE(ABORT, 'log_entry is insert-only');
END;
