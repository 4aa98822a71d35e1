-- One row per (run, slice, metric) of what is stored under a price rule.
SELECT run_id, slice, metric, value, low, high
FROM eval.metrics
WHERE run_id IN $runs AND grader_version = $grader AND price_rule = $rule
    AND slice LIKE $slices AND regexp_full_match(metric, $metrics)
ORDER BY run_id, slice, metric;
