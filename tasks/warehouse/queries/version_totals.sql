-- One row per variant of a version: its tasks, those without a price under the rule, and cents.
SELECT
    t.variant,
    count(*)::BIGINT AS instances,
    count(*) FILTER (t.prices[$rule] IS NULL)::BIGINT AS unpriced,
    coalesce(sum(t.prices[$rule]), 0)::BIGINT AS price_cents
FROM core.version_instances v
JOIN core.task_instances t USING (instance_digest)
WHERE v.dataset_version = $version
GROUP BY t.variant
ORDER BY t.variant;
