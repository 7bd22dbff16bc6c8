-- Entries of the log whose events this database has lost: leaves that were read back from the published log, with the places that they
-- keep. A row goes when its event comes back.
CREATE TABLE log_lost (
    log_index bigint NOT NULL PRIMARY KEY CONSTRAINT log_lost_index_from_zero CHECK (log_index >= 0),
    event text COLLATE "C" NOT NULL UNIQUE,
    stream text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    leaf bytea NOT NULL,
    leaf_hash bytea NOT NULL CONSTRAINT log_lost_hash_length CHECK (length(leaf_hash) = 32),
    UNIQUE (stream, n)
);

-- A stream of which events are lost is locked: what would be written next would take the place of what was.
CREATE FUNCTION dingce_stream_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM log_lost WHERE stream = NEW.stream) THEN
        RAISE EXCEPTION 'stream_has_lost_events';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER heads_whole BEFORE INSERT OR UPDATE ON heads
    FOR EACH ROW EXECUTE FUNCTION dingce_stream_is_whole();

-- Who looked what up: numbered without gaps, never changed.
CREATE TABLE lookups (
    number bigint NOT NULL PRIMARY KEY CONSTRAINT lookups_number_from_one CHECK (number >= 1),
    organ text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    person text COLLATE "C" NOT NULL,
    post text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL
);

CREATE INDEX lookups_organ ON lookups (organ, number);

CREATE TRIGGER lookups_no_change BEFORE UPDATE OR DELETE ON lookups
    FOR EACH ROW EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER lookups_no_truncate BEFORE TRUNCATE ON lookups
    FOR EACH STATEMENT EXECUTE FUNCTION dingce_insert_only();

-- The key of an event and the index of a case's trace begin alike: one index does both, and each act writes one fewer.
ALTER TABLE events DROP CONSTRAINT events_pkey;
ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY (stream, n)
    INCLUDE (recorded_at, kind, actor, acting_for, post, unit, stage, draft, opinion, occurred_on);
DROP INDEX events_trace_case;
