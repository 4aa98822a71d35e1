-- One row per instance of the run: what metrics are sliced by, and its prices.
SELECT
    f.instance_id,
    f.instance_digest,
    f.variant,
    f.repository,
    f.cluster,
    f.family,
    f.labels,
    f.prices[$price_rule] AS price_cents,
    f.prices['initial'] AS initial_cents,
    f.prices['final'] AS final_cents,
    f.rungs,
    f.raises,
    f.days_to_first_raise,
    f.first_posted_at,
    f.patch_lines,
    f.merged_at,
    f.asks_cases
FROM marts.task_facts f
SEMI JOIN (SELECT instance_digest FROM eval.run_items WHERE run_id = $run_id) USING (instance_digest)
ORDER BY f.instance_id;
