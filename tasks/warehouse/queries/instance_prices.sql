-- One row per instance of a version: its prices by rule.
SELECT t.instance_id, t.variant, t.prices
FROM core.version_instances v JOIN core.task_instances t USING (instance_digest)
WHERE v.dataset_version = $version
ORDER BY t.instance_id;
