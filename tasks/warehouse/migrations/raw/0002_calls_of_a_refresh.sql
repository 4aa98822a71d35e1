-- One row per fetch_id, as before: now also one per request, with the stream it belongs to.
-- `cursor` is the stream's state after the commit; `seen` the external ids a call returned.
ALTER TABLE fetches ADD COLUMN refresh_id VARCHAR;
ALTER TABLE fetches ADD COLUMN stream VARCHAR;
ALTER TABLE fetches ADD COLUMN repository VARCHAR;
ALTER TABLE fetches ADD COLUMN variables VARCHAR;
ALTER TABLE fetches ADD COLUMN duration_ms BIGINT;
ALTER TABLE fetches ADD COLUMN error VARCHAR;
ALTER TABLE fetches ADD COLUMN seen VARCHAR[];
ALTER TABLE fetches ADD COLUMN done BOOLEAN;
