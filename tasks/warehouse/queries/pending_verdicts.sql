-- One row per (rollout, trial) of the run whose current evidence has no verdict of this version.
SELECT
    r.rollout_id,
    r.instance_digest,
    i.variant,
    e.take,
    e.trial,
    e.status,
    e.fault,
    e.decision,
    e.exit_code,
    e.report,
    e.failure,
    e.log,
    e.facts,
    n.expectation
FROM eval.run_items i
JOIN marts.current_rollouts r
    ON r.run_id = i.run_id AND r.instance_id = i.instance_id AND r.attempt = i.attempt
JOIN marts.current_evidence c ON c.run_id = i.run_id AND c.rollout_id = r.rollout_id
JOIN eval.evidence e ON e.run_id = c.run_id AND e.rollout_id = c.rollout_id AND e.take = c.take
JOIN marts.current_environments n
    ON n.run_id = i.run_id AND n.instance_digest = i.instance_digest
LEFT JOIN eval.verdicts v
    ON v.run_id = i.run_id
   AND v.rollout_id = r.rollout_id
   AND v.evidence_take = e.take
   AND v.grader_version = $grader_version
WHERE i.run_id = $run_id
  AND v.verdict_id IS NULL
  AND n.status = 'done'
  AND (len($instances) = 0 OR list_contains($instances, i.instance_id))
ORDER BY i.position, e.trial;
