-- How long the log was at a moment, and its root: what seeds draws now, and what will be signed later.
CREATE TABLE log_checkpoint (
    number bigint NOT NULL PRIMARY KEY CONSTRAINT log_checkpoint_from_one CHECK (number >= 1),
    size bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT log_checkpoint_root_is_a_hash CHECK (length(root) = 32),
    -- Roots of the complete subtrees, so that the next one need not read the log from its beginning.
    subtrees bytea NOT NULL CONSTRAINT log_checkpoint_subtrees_are_hashes CHECK (length(subtrees) % 32 = 0),
    recorded_at bigint NOT NULL
);
CREATE INDEX log_checkpoint_recorded_at ON log_checkpoint (recorded_at);

CREATE TRIGGER log_checkpoint_no_change BEFORE UPDATE OR DELETE ON log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION dingce_insert_only();
CREATE TRIGGER log_checkpoint_no_truncate BEFORE TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION dingce_insert_only();

-- The next one follows the one before it: in number, in size and in time.
CREATE FUNCTION dingce_checkpoint_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number != 1 + coalesce((SELECT max(number) FROM log_checkpoint), 0)
        OR EXISTS (SELECT 1 FROM log_checkpoint WHERE size > NEW.size OR recorded_at > NEW.recorded_at) THEN
        RAISE EXCEPTION 'log_checkpoint_follows' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_checkpoint_follows BEFORE INSERT ON log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION dingce_checkpoint_follows();
