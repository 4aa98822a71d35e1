-- What a model's answers took. cost_cents stays null where a price is unknown; saved_cents of it
-- came from the cache; unsure_cents is what requests may have cost at most that were cut off.
ALTER TABLE rollouts ADD COLUMN requests INTEGER;
ALTER TABLE rollouts ADD COLUMN answers INTEGER;
ALTER TABLE rollouts ADD COLUMN saved INTEGER;
ALTER TABLE rollouts ADD COLUMN tool_calls INTEGER;
ALTER TABLE rollouts ADD COLUMN tokens_cached BIGINT;
ALTER TABLE rollouts ADD COLUMN tokens_reasoning BIGINT;
ALTER TABLE rollouts ADD COLUMN saved_cents DOUBLE;
ALTER TABLE rollouts ADD COLUMN unsure_cents DOUBLE;
ALTER TABLE rollouts ADD COLUMN price_snapshot VARCHAR;
ALTER TABLE rollouts ADD COLUMN latency_s DOUBLE;
ALTER TABLE rollouts ADD COLUMN finish_reason VARCHAR;

-- The versions of the libraries that the run was opened with, as JSON.
ALTER TABLE runs ADD COLUMN libraries VARCHAR;
