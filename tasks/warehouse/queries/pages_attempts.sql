-- One row per (run, task, attempt): what its page rests on.
SELECT run_id, instance_digest, attempt, state, reason, rollout_id, evidence_take, verdict_id
FROM marts.run_state
WHERE run_id IN (SELECT unnest($runs))
ORDER BY instance_digest, run_id, attempt;
