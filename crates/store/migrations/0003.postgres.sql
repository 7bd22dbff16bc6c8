-- Messages of one stream that were made in one millisecond keep the order of their events.
ALTER TABLE outbox ADD COLUMN n bigint NOT NULL DEFAULT 0;
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (created_at, n, event, topic) WHERE done_at IS NULL;
