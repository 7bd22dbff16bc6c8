-- Reverse trace 倒查: acts by case, person, principal of a delegation and unit, each from an index alone. The narrower indexes
-- that these take the place of go; no program names them.
CREATE INDEX events_trace_case ON events (stream, n)
    INCLUDE (recorded_at, kind, actor, acting_for, post, unit, stage, draft, opinion, occurred_on);
CREATE INDEX events_trace_actor ON events (actor, recorded_at, stream, n)
    INCLUDE (organ, kind, acting_for, post, unit, stage, draft, opinion, occurred_on) WHERE actor IS NOT NULL;
CREATE INDEX events_trace_acting_for ON events (acting_for, recorded_at, stream, n)
    INCLUDE (organ, kind, actor, post, unit, stage, draft, opinion, occurred_on) WHERE acting_for IS NOT NULL;
CREATE INDEX events_trace_unit ON events (unit, recorded_at, stream, n)
    INCLUDE (organ, kind, actor, acting_for, post, stage, draft, opinion, occurred_on) WHERE unit IS NOT NULL;
DROP INDEX events_actor;
DROP INDEX events_acting_for;
DROP INDEX events_unit;
