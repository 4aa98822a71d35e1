-- One row per dataset whose version built last has candidates that do not add up.
-- reads: core
WITH newest AS (
    SELECT * FROM core.dataset_versions
    QUALIFY row_number() OVER (PARTITION BY dataset ORDER BY last_built_at DESC) = 1
)
SELECT d.dataset_version
FROM newest d
WHERE d.candidates <> d.instances + d.rejections
   OR d.instances <> (
        SELECT count(*) FROM core.version_instances v WHERE v.dataset_version = d.dataset_version)
   OR d.rejections <> (
        SELECT count(*) FROM core.rejections r WHERE r.dataset_version = d.dataset_version);
