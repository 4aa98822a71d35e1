-- One row per (instance, attempt) of the run that wants a rollout: the next take.
-- Instances without a prepared, gradable environment are left out: they cannot be graded.
SELECT
    i.run_id,
    i.instance_id,
    i.attempt,
    coalesce(r.take, 0) + 1 AS take,
    i.instance_digest,
    i.variant,
    n.sandbox
FROM eval.run_items i
JOIN marts.current_environments n
    ON n.run_id = i.run_id AND n.instance_digest = i.instance_digest
LEFT JOIN marts.current_rollouts r
    ON r.run_id = i.run_id AND r.instance_id = i.instance_id AND r.attempt = i.attempt
WHERE i.run_id = $run_id
  AND n.status = 'done' AND n.gradable
  AND ($redo OR r.status IS DISTINCT FROM 'done')
  AND (len($instances) = 0 OR list_contains($instances, i.instance_id))
ORDER BY i.position;
