-- One row per baseline solver: its newest run on the same version and selection.
SELECT run_id
FROM eval.runs
WHERE dataset_version = $version AND selection = $selection AND solver IN (SELECT unnest($baselines))
QUALIFY row_number() OVER (PARTITION BY solver ORDER BY opened_at DESC, run_id) = 1
ORDER BY solver;
