-- One row per (reason, filter) of a version: how many candidates, and their cents; null: instances.
SELECT reason, filter, count(*) AS candidates, coalesce(sum(price_cents), 0)::BIGINT AS price_cents
FROM (
    SELECT
        reason,
        CASE WHEN reason = 'filtered' THEN split_part(detail, ':', 1) END AS filter,
        price_cents
    FROM core.rejections
    WHERE dataset_version = $version
    UNION ALL
    SELECT NULL, NULL, t.prices[$price_rule]
    FROM core.version_instances v JOIN core.task_instances t USING (instance_digest)
    WHERE v.dataset_version = $version
)
GROUP BY ALL
ORDER BY ALL;
