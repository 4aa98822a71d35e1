-- One row per (instance, attempt) of the run that a solver has finished and that can be graded:
-- what is known of the engagement. Of an answer it matters only whether it is one.
SELECT
    s.instance_id,
    s.variant,
    s.verdict_id,
    s.outcome,
    s.reason,
    s.prices[$price_rule] AS price_cents,
    s.as_of,
    left(s.submission, 20) AS submission,
    s.finish_reason,
    s.worked_s,
    coalesce(json_array_length(s.questions), 0) AS questions,
    p.verdict_id IS NOT NULL AS is_settled
FROM marts.run_state s
LEFT JOIN eval.settlements p
    ON p.verdict_id = s.verdict_id AND p.price_rule = $price_rule AND p.terms = $terms
WHERE s.run_id = $run_id AND s.rollout_status = 'done' AND s.state <> 'excluded'
ORDER BY s.position;
