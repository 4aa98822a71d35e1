-- One row per instance of a dataset version, with the key that published results may name it by.
SELECT v.instance_id, v.instance_digest, t.variant, t.prices[$price_rule] AS price_cents,
    json_extract_string(t.body, '$.key') AS key
FROM core.version_instances v
JOIN core.task_instances t USING (instance_digest)
WHERE v.dataset_version = $version
ORDER BY v.instance_id;
