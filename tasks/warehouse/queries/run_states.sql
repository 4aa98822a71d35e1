-- One row per (instance, attempt) of the run, with its price under the rule.
SELECT
    s.instance_id,
    s.attempt,
    s.variant,
    s.issue,
    s.title,
    s.state,
    s.reason,
    s.fault,
    s.answer_is_reused,
    s.evidence_is_reused,
    s.prices[$price_rule] AS price_cents,
    s.environment_status,
    s.gradable,
    s.sandbox,
    s.because,
    s.rollout_status,
    s.evidence_status,
    s.grader_version,
    s.verdict_id,
    p.verdict_id IS NOT NULL AS is_scored
FROM marts.run_state s
LEFT JOIN eval.payouts p ON p.verdict_id = s.verdict_id AND p.price_rule = $price_rule
WHERE s.run_id = $run_id
ORDER BY s.position;
