-- One row per instance of the run, with the sandbox that it was prepared in, if it was.
SELECT i.instance_id, i.instance_digest, any_value(i.variant) AS variant,
    any_value(n.sandbox) AS kept, any_value(n.because) AS kept_because
FROM eval.run_items i
LEFT JOIN marts.current_environments n
    ON n.run_id = i.run_id AND n.instance_digest = i.instance_digest AND n.status = 'done'
WHERE i.run_id = $run_id AND (len($instances) = 0 OR list_contains($instances, i.instance_id))
GROUP BY i.instance_id, i.instance_digest
ORDER BY min(i.position);
