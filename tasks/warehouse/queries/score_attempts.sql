-- One row per (instance, attempt) of the run: what it came to, and what its takes have paid for.
SELECT
    s.instance_digest,
    s.attempt,
    s.state,
    s.reason,
    s.failure,
    s.finish_reason,
    s.rollout_status,
    -- Of an answer it matters only whether it is one.
    left(s.submission, 20) AS submission,
    s.cost_cents,
    p.paid_cents,
    s.cases_passed,
    s.cases_total
FROM marts.run_state s
LEFT JOIN (
    SELECT instance_id, attempt,
        -- As run_spending counts it; nothing is known of takes without any price.
        CASE WHEN count(cost_cents) + count(*) FILTER (unsure_cents > 0) > 0 THEN
            sum(coalesce(cost_cents, 0) - coalesce(saved_cents, 0) + coalesce(unsure_cents, 0))
        END AS paid_cents
    FROM eval.rollouts
    WHERE run_id = $run_id AND reused_from IS NULL
    GROUP BY instance_id, attempt
) p ON p.instance_id = s.instance_id AND p.attempt = s.attempt
WHERE s.run_id = $run_id
ORDER BY s.position;
