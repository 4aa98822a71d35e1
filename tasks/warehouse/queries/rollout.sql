-- One row per rollout with this id: what it took, what it said, and the newest verdict on it.
SELECT
    r.* EXCLUDE (solve_digest),
    u.solver,
    u.dataset,
    s.variant,
    s.title,
    s.state,
    s.reason
FROM eval.rollouts r
JOIN eval.runs u USING (run_id)
LEFT JOIN marts.run_state s
    ON s.run_id = r.run_id AND s.instance_id = r.instance_id AND s.attempt = r.attempt
    AND s.rollout_id = r.rollout_id
WHERE r.rollout_id = $rollout_id;
