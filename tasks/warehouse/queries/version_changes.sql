-- One row per version of a dataset that has one before it: how many tasks came, and how many of the
-- others have another content or another price than before.
WITH ordered AS (
    SELECT
        dataset_version,
        price_rule,
        lead(dataset_version) OVER newest AS previous,
        lead(price_rule) OVER newest AS previous_rule
    FROM core.dataset_versions
    WHERE dataset = $dataset
    WINDOW newest AS (ORDER BY last_built_at DESC, first_built_at DESC, dataset_version)
),
pairs AS (
    SELECT
        o.*,
        v.instance_digest,
        p.instance_digest AS previous_digest,
        p.instance_digest IS NOT NULL
            AND (p.instance_digest <> v.instance_digest OR o.price_rule <> o.previous_rule) AS differ
    FROM ordered o
    JOIN core.version_instances v USING (dataset_version)
    LEFT JOIN core.version_instances p
        ON p.dataset_version = o.previous AND p.instance_id = v.instance_id
    WHERE o.previous IS NOT NULL
)
SELECT
    r.dataset_version,
    count(*) FILTER (r.previous_digest IS NULL)::BIGINT AS added,
    count(*) FILTER (
        r.differ AND (
            r.instance_digest <> r.previous_digest
            OR t.prices[r.price_rule] IS DISTINCT FROM s.prices[r.previous_rule]
        )
    )::BIGINT AS changed,
    count(*) FILTER (
        r.differ AND t.prices[r.price_rule] IS DISTINCT FROM s.prices[r.previous_rule]
    )::BIGINT AS repriced
FROM pairs r
LEFT JOIN core.task_instances t ON r.differ AND t.instance_digest = r.instance_digest
LEFT JOIN core.task_instances s ON r.differ AND s.instance_digest = r.previous_digest
GROUP BY r.dataset_version;
