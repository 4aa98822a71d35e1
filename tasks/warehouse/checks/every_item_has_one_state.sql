-- One row per run whose counts do not add up to its items.
-- reads: core eval
SELECT i.run_id
FROM eval.run_items i
LEFT JOIN marts.run_state s USING (run_id, instance_id, attempt)
WHERE getvariable('checked_run') IS NULL OR i.run_id = getvariable('checked_run')
GROUP BY i.run_id
HAVING count(*) <> count(s.state)
    OR count(*) <> count(*) FILTER (s.state IN ('resolved', 'unresolved', 'invalid', 'excluded'));
