-- One row per (run, instance, attempt): where it stands. What has no verdict counts as invalid.
CREATE VIEW marts.run_state AS
SELECT
    i.run_id,
    i.instance_id,
    i.attempt,
    i.position,
    i.variant,
    i.instance_digest,
    t.issue,
    t.title,
    t.prices,
    t.as_of,
    n.status AS environment_status,
    n.gradable,
    n.sandbox,
    n.because,
    r.rollout_id,
    r.take,
    r.status AS rollout_status,
    r.submission,
    r.finish_reason,
    r.cost_cents,
    r.worked_s,
    r.questions,
    e.take AS evidence_take,
    e.status AS evidence_status,
    e.failure,
    e.cases_passed,
    e.cases_total,
    e.report,
    n.expectation,
    v.verdict_id,
    v.grader_version,
    v.outcome,
    CASE
        WHEN n.status = 'done' AND NOT n.gradable THEN 'excluded'
        ELSE coalesce(v.outcome, 'invalid')
    END AS state,
    CASE
        WHEN n.status = 'done' AND NOT n.gradable THEN n.reason
        WHEN v.verdict_id IS NOT NULL THEN v.reason
        WHEN n.status = 'fault' THEN n.reason
        WHEN r.status = 'fault' THEN r.fault
        WHEN r.rollout_id IS NULL THEN 'not solved yet'
        ELSE 'not graded yet'
    END AS reason,
    CASE
        WHEN n.status = 'fault' THEN n.reason
        WHEN r.status = 'fault' THEN r.fault
        WHEN e.status = 'fault' THEN e.fault
    END AS fault,
    r.reused_from IS NOT NULL AS answer_is_reused,
    e.reused_from IS NOT NULL AS evidence_is_reused
FROM eval.run_items i
JOIN core.task_instances t ON t.instance_digest = i.instance_digest
LEFT JOIN marts.current_environments n
    ON n.run_id = i.run_id AND n.instance_digest = i.instance_digest
LEFT JOIN marts.current_rollouts r
    ON r.run_id = i.run_id AND r.instance_id = i.instance_id AND r.attempt = i.attempt
LEFT JOIN marts.current_evidence e ON e.run_id = i.run_id AND e.rollout_id = r.rollout_id
-- marts.current_verdicts, without finding the current evidence once more.
LEFT JOIN (
    SELECT * FROM eval.verdicts
    QUALIFY row_number() OVER (
        PARTITION BY run_id, rollout_id, evidence_take
        ORDER BY TRY_CAST(grader_version AS INTEGER) DESC NULLS LAST
    ) = 1
) v ON v.run_id = i.run_id AND v.rollout_id = e.rollout_id AND v.evidence_take = e.take;
