-- One row per run that is named, one: names what is stored of its metrics under a rule, comparisons
-- aside; another value is other metrics.
SELECT coalesce(bit_xor(hash(slice, metric, value, low, high)), 0)::VARCHAR AS measured
FROM eval.metrics
WHERE run_id = $run_id AND price_rule = $price_rule AND grader_version = $grader
    AND NOT starts_with(slice, 'versus=');
