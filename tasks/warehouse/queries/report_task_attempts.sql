-- One row per (run, attempt) at one task: what it came to and took.
SELECT s.run_id, s.attempt, s.state, s.reason, r.tokens_in, r.tokens_out, r.cost_cents
FROM marts.run_state s
LEFT JOIN eval.rollouts r ON r.run_id = s.run_id AND r.rollout_id = s.rollout_id
WHERE s.instance_digest = $digest AND s.run_id IN $runs
ORDER BY s.run_id, s.attempt;
