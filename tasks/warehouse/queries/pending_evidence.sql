-- One row per current, finished rollout of the run that wants evidence of the environment that the
-- run uses: the next take.
SELECT
    r.rollout_id,
    r.instance_id,
    i.variant,
    r.instance_digest,
    r.submission,
    r.finish_reason,
    r.declined,
    r.reused_from,
    r.run_id,
    n.expectation,
    n.sandbox,
    n.recipe_digest,
    n.image_digest,
    coalesce(taken.take, 0) + 1 AS take
FROM eval.run_items i
JOIN marts.current_rollouts r
    ON r.run_id = i.run_id AND r.instance_id = i.instance_id AND r.attempt = i.attempt
JOIN marts.current_environments n
    ON n.run_id = i.run_id AND n.instance_digest = i.instance_digest
LEFT JOIN (
    SELECT rollout_id, max(take) AS take
    FROM eval.evidence WHERE run_id = $run_id GROUP BY rollout_id
) taken ON taken.rollout_id = r.rollout_id
LEFT JOIN marts.current_evidence e ON e.run_id = i.run_id AND e.rollout_id = r.rollout_id
WHERE i.run_id = $run_id
  AND r.status = 'done'
  AND n.status = 'done' AND n.gradable
  AND ($redo OR e.status IS DISTINCT FROM 'done')
  AND (len($instances) = 0 OR list_contains($instances, i.instance_id))
ORDER BY i.position;
