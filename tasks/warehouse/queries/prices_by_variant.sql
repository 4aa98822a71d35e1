-- One row per (variant, price rule) of a version: tasks with and without a price, and their cents.
WITH listed AS (
    SELECT t.variant, unnest(map_entries(t.prices)) AS price
    FROM core.version_instances v
    JOIN core.task_instances t USING (instance_digest)
    WHERE v.dataset_version = $version
)
SELECT
    variant,
    price.key AS rule,
    count(price.value)::BIGINT AS priced,
    (count(*) - count(price.value))::BIGINT AS unpriced,
    coalesce(sum(price.value), 0)::BIGINT AS price_cents
FROM listed
GROUP BY ALL
ORDER BY ALL;
