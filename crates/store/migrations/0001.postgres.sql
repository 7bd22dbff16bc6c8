-- The event store, version 1, for PostgreSQL. docs/formats/store.md explains every table.

CREATE TABLE legality_clearance (
    case_stream text COLLATE "C" NOT NULL,
    draft text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CONSTRAINT legality_clearance_kind CHECK (kind IN ('lawful', 'risk_stated', 'confirmed')),
    PRIMARY KEY (case_stream, draft)
);

CREATE TABLE events (
    stream text COLLATE "C" NOT NULL,
    n bigint NOT NULL CONSTRAINT events_n_from_one CHECK (n >= 1),
    event text COLLATE "C" NOT NULL UNIQUE,
    kind text COLLATE "C" NOT NULL,
    version bigint NOT NULL CONSTRAINT events_version_from_one CHECK (version >= 1),
    organ text COLLATE "C" NOT NULL,
    actor text COLLATE "C",
    post text COLLATE "C",
    unit text COLLATE "C",
    acting_for text COLLATE "C",
    stage text COLLATE "C",
    draft text COLLATE "C",
    adopts_draft text COLLATE "C",
    opinion text COLLATE "C",
    occurred_on text COLLATE "C",
    recorded_at bigint NOT NULL,
    json text COLLATE "C" NOT NULL,
    leaf bytea NOT NULL,
    leaf_hash bytea NOT NULL CONSTRAINT events_leaf_hash_length CHECK (length(leaf_hash) = 32),
    body_key bytea CONSTRAINT events_body_key_length CHECK (length(body_key) = 32),
    PRIMARY KEY (stream, n),
    CONSTRAINT events_adopts_draft_named CHECK (
        adopts_draft IS NOT NULL
        OR kind NOT IN ('tabling_requested', 'tabling_approved', 'decision_adopted', 'decision_issued')
    ),
    CONSTRAINT events_adopts_draft_cleared FOREIGN KEY (stream, adopts_draft)
        REFERENCES legality_clearance (case_stream, draft)
);

ALTER TABLE legality_clearance ADD CONSTRAINT legality_clearance_event_exists
    FOREIGN KEY (event) REFERENCES events (event) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX events_actor ON events (actor, recorded_at, stream, n) WHERE actor IS NOT NULL;
CREATE INDEX events_acting_for ON events (acting_for, recorded_at, stream, n) WHERE acting_for IS NOT NULL;
CREATE INDEX events_unit ON events (unit, recorded_at, stream, n) WHERE unit IS NOT NULL;
CREATE INDEX events_draft ON events (stream, draft, n) WHERE draft IS NOT NULL;

CREATE TABLE heads (
    stream text COLLATE "C" NOT NULL PRIMARY KEY,
    organ text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    leaf_hash bytea NOT NULL
);

CREATE TABLE sealed_bodies (
    event text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES events (event),
    subject text COLLATE "C" NOT NULL,
    bytes bytea NOT NULL,
    commitment_key bytea NOT NULL CONSTRAINT sealed_bodies_key_length CHECK (length(commitment_key) = 32)
);

CREATE TABLE subject_keys (
    subject text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped bytea NOT NULL
);

CREATE TABLE idempotency (
    scope text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    input_digest text COLLATE "C" NOT NULL,
    answer text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (scope, operation, key)
);

CREATE TABLE deadlines (
    stream text COLLATE "C" NOT NULL,
    clock text COLLATE "C" NOT NULL,
    due_at bigint,
    PRIMARY KEY (stream, clock)
);

CREATE INDEX deadlines_due ON deadlines (due_at NULLS FIRST);

CREATE TABLE outbox (
    event text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    payload text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    done_at bigint,
    PRIMARY KEY (event, topic)
);

CREATE INDEX outbox_open ON outbox (created_at, event, topic) WHERE done_at IS NULL;

CREATE TABLE snapshots (
    stream text COLLATE "C" NOT NULL PRIMARY KEY,
    n bigint NOT NULL,
    leaf_hash bytea NOT NULL,
    shape bigint NOT NULL,
    json text COLLATE "C" NOT NULL
);

CREATE TABLE log_pending (
    event text COLLATE "C" NOT NULL PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    UNIQUE (stream, n)
);

CREATE TABLE log_entry (
    log_index bigint NOT NULL PRIMARY KEY CONSTRAINT log_entry_index_from_zero CHECK (log_index >= 0),
    event text COLLATE "C" NOT NULL UNIQUE REFERENCES events (event),
    stream text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    UNIQUE (stream, n)
);

CREATE TABLE log_head (
    id bigint NOT NULL PRIMARY KEY CONSTRAINT log_head_single CHECK (id = 1),
    size bigint NOT NULL,
    epoch bigint NOT NULL,
    holder text COLLATE "C",
    lease_until bigint
);

INSERT INTO log_head (id, size, epoch) VALUES (1, 0, 0);

CREATE FUNCTION dingce_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER legality_clearance_no_change BEFORE UPDATE OR DELETE ON legality_clearance
    FOR EACH ROW EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER legality_clearance_no_truncate BEFORE TRUNCATE ON legality_clearance
    FOR EACH STATEMENT EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER log_entry_no_change BEFORE UPDATE OR DELETE ON log_entry
    FOR EACH ROW EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER log_entry_no_truncate BEFORE TRUNCATE ON log_entry
    FOR EACH STATEMENT EXECUTE FUNCTION dingce_insert_only();
