-- One row per instance of a dataset version: its issue, what is known of it, and its findings.
SELECT
    v.instance_id,
    t.issue,
    (
        SELECT any_value(o.facts ORDER BY o.dataset <> $dataset, o.dataset)
        FROM core.outcomes o
        WHERE o.instance_digest = v.instance_digest
    ) AS facts,
    (
        SELECT count(*)
        FROM core.lint_findings f
        WHERE f.dataset_version = v.dataset_version AND f.instance_id = v.instance_id
    ) AS findings
FROM core.version_instances v
JOIN core.task_instances t USING (instance_digest)
WHERE v.dataset_version = $version
ORDER BY v.instance_id;
