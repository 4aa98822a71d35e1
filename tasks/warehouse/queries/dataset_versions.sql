-- One row per version of a dataset, the newest build first, with what its build noted, if any.
SELECT
    d.*,
    b.* EXCLUDE (dataset, dataset_version, code_version)
FROM core.dataset_versions d
LEFT JOIN (
    SELECT * FROM core.builds
    QUALIFY row_number() OVER (PARTITION BY dataset_version ORDER BY built_at DESC) = 1
) b USING (dataset_version)
WHERE d.dataset = $dataset
ORDER BY d.last_built_at DESC, d.first_built_at DESC, d.dataset_version;
