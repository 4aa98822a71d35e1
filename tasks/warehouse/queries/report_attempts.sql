-- One row per (run, task, attempt): what it came to, and why.
SELECT run_id, instance_digest, attempt, state, reason
FROM marts.run_state
WHERE run_id IN $runs
ORDER BY run_id, instance_digest, attempt;
