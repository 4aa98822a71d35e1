-- One row per run of the report.
SELECT run_id, solver, dataset, dataset_version, attempts, seed
FROM eval.runs
WHERE run_id IN $runs
ORDER BY run_id;
