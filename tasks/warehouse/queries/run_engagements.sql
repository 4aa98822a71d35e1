-- One row per (instance, attempt) of the run that a solver has finished and that can be graded:
-- what is known of the engagement. The report is there where it may tell of a regression.
SELECT
    s.instance_id,
    s.variant,
    s.verdict_id,
    s.outcome,
    s.reason,
    s.prices[$price_rule] AS price_cents,
    t.as_of,
    r.submission,
    r.finish_reason,
    r.worked_s,
    coalesce(json_array_length(r.questions), 0) AS questions,
    CASE WHEN s.outcome = 'unresolved' AND s.reason = 'tests_failed' THEN e.report END AS report,
    CASE WHEN s.outcome = 'unresolved' AND s.reason = 'tests_failed' THEN n.expectation END
        AS expectation,
    p.verdict_id IS NOT NULL AS is_settled
FROM marts.run_state s
JOIN core.task_instances t ON t.instance_digest = s.instance_digest
JOIN marts.current_rollouts r ON r.run_id = s.run_id AND r.rollout_id = s.rollout_id
LEFT JOIN marts.current_evidence e ON e.run_id = s.run_id AND e.rollout_id = s.rollout_id
LEFT JOIN marts.current_environments n
    ON n.run_id = s.run_id AND n.instance_digest = s.instance_digest
LEFT JOIN eval.settlements p
    ON p.verdict_id = s.verdict_id AND p.price_rule = $price_rule AND p.terms = $terms
WHERE s.run_id = $run_id AND r.status = 'done' AND s.state <> 'excluded'
ORDER BY s.position;
