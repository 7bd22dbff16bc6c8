-- How long the log was at a moment, and its root: what seeds draws now, and what will be signed later.
CREATE TABLE log_checkpoint (
    number INTEGER NOT NULL PRIMARY KEY CONSTRAINT log_checkpoint_from_one CHECK (number >= 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL CONSTRAINT log_checkpoint_root_is_a_hash CHECK (length(root) = 32),
    -- Roots of the complete subtrees, so that the next one need not read the log from its beginning.
    subtrees BLOB NOT NULL CONSTRAINT log_checkpoint_subtrees_are_hashes CHECK (length(subtrees) % 32 = 0),
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX log_checkpoint_recorded_at ON log_checkpoint (recorded_at);

CREATE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON log_checkpoint BEGIN
    SELECT RAISE(ABORT, 'log_checkpoint is insert-only');
END;
CREATE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON log_checkpoint BEGIN
    SELECT RAISE(ABORT, 'log_checkpoint is insert-only');
END;
CREATE TRIGGER log_checkpoint_no_replace BEFORE INSERT ON log_checkpoint
WHEN EXISTS (SELECT 1 FROM log_checkpoint WHERE number = NEW.number) BEGIN
    SELECT RAISE(ABORT, 'log_checkpoint is insert-only');
END;
-- The next one follows the one before it: in number, in size and in time.
CREATE TRIGGER log_checkpoint_follows BEFORE INSERT ON log_checkpoint
WHEN NEW.number != 1 + coalesce((SELECT max(number) FROM log_checkpoint), 0)
    OR EXISTS (SELECT 1 FROM log_checkpoint WHERE size > NEW.size OR recorded_at > NEW.recorded_at) BEGIN
    SELECT RAISE(ABORT, 'log_checkpoint_follows');
END;
