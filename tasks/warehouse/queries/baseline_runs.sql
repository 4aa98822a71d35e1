-- One row per (baseline, dataset version) that was run: its run with the most items, the newest.
SELECT r.run_id
FROM eval.runs r JOIN eval.run_items i USING (run_id)
WHERE list_contains($names, r.solver) AND list_contains($versions, r.dataset_version)
GROUP BY r.run_id, r.solver, r.dataset_version, r.opened_at
QUALIFY row_number() OVER (
    PARTITION BY r.solver, r.dataset_version ORDER BY count(*) DESC, r.opened_at DESC, r.run_id
) = 1;
