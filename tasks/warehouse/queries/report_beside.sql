-- One row per run that is named, one: tells what its page shows beside the rows of that run.
WITH issues AS (
    SELECT DISTINCT issue
    FROM core.task_instances
    SEMI JOIN (SELECT instance_digest FROM eval.run_items WHERE run_id = $run_id)
        USING (instance_digest)
)
SELECT
    (
        SELECT coalesce(bit_xor(hash(run_id, instance_digest, attempt, state, reason)), 0)::VARCHAR
        FROM marts.run_state WHERE run_id IN (SELECT unnest($others))
    ) AS states,
    (
        SELECT coalesce(bit_xor(hash(run_id, slice, metric, value, low, high)), 0)::VARCHAR
        FROM eval.metrics
        WHERE run_id IN (SELECT unnest(list_append($others, $run_id)))
            AND price_rule = $price_rule AND grader_version = $grader
    ) AS metrics,
    (
        SELECT coalesce(bit_xor(hash(event_id, superseded_by)), 0)::VARCHAR
        FROM core.bounty_events SEMI JOIN issues USING (issue)
        WHERE dataset IS NULL OR dataset = $dataset
    ) AS events,
    (
        SELECT coalesce(bit_xor(hash(variant, reason, candidates)), 0)::VARCHAR
        FROM marts.coverage WHERE dataset_version = $version
    ) AS coverage,
    (SELECT coalesce(bit_xor(hash(posting_id, issue)), 0)::VARCHAR FROM core.market_matches)
        AS market;
