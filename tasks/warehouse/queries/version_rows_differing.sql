-- One row per instance id that two versions do not have alike, in content or in what it pays.
SELECT
    coalesce(a.instance_id, b.instance_id) AS instance_id,
    coalesce(b.variant, a.variant) AS variant,
    coalesce(b.issue, a.issue) AS issue,
    coalesce(b.title, a.title) AS title,
    a.instance_digest AS before_digest,
    b.instance_digest AS after_digest,
    a.prices[$before_rule] AS before_cents,
    b.prices[$after_rule] AS after_cents
FROM (
    SELECT v.instance_id, t.* EXCLUDE (instance_id)
    FROM core.version_instances v JOIN core.task_instances t USING (instance_digest)
    WHERE v.dataset_version = $before
) a
FULL OUTER JOIN (
    SELECT v.instance_id, t.* EXCLUDE (instance_id)
    FROM core.version_instances v JOIN core.task_instances t USING (instance_digest)
    WHERE v.dataset_version = $after
) b ON a.instance_id = b.instance_id
WHERE a.instance_digest IS DISTINCT FROM b.instance_digest
    OR a.prices[$before_rule] IS DISTINCT FROM b.prices[$after_rule]
ORDER BY 1;
