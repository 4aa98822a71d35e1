-- One row per copied rollout: the answer of the one it is reused from.
-- Needs copied_rollouts, eval.rollouts without what was answered.
INSERT OR IGNORE INTO eval.rollouts BY NAME
SELECT c.* REPLACE (
    r.status AS status,
    r.submission AS submission,
    r.tokens_in AS tokens_in,
    r.tokens_out AS tokens_out,
    r.cost_cents AS cost_cents,
    r.transcript AS transcript,
    r.requests AS requests,
    r.answers AS answers,
    r.saved AS saved,
    r.tool_calls AS tool_calls,
    r.tokens_cached AS tokens_cached,
    r.tokens_reasoning AS tokens_reasoning,
    r.saved_cents AS saved_cents,
    r.unsure_cents AS unsure_cents,
    r.price_snapshot AS price_snapshot,
    r.latency_s AS latency_s,
    r.finish_reason AS finish_reason,
    r.declined AS declined,
    r.questions AS questions,
    r.worked_s AS worked_s
)
FROM copied_rollouts c
JOIN eval.rollouts r ON r.rollout_id = c.reused_from;
