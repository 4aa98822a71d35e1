-- One row per instance of a dataset version, with the validation that counts for it, if any.
SELECT
    v.instance_id,
    v.instance_digest,
    t.variant,
    t.issue,
    n.sandbox,
    n.status,
    n.gradable,
    n.reason,
    n.expectation,
    n.image_digest,
    n.repeats
FROM core.version_instances v
JOIN core.task_instances t USING (instance_digest)
LEFT JOIN marts.validations n USING (instance_digest)
WHERE v.dataset_version = $version
ORDER BY v.instance_id;
