-- One row per reason of rejection in a version: its candidates, and what they would have paid.
SELECT
    reason,
    count(*)::BIGINT AS candidates,
    coalesce(sum(price_cents), 0)::BIGINT AS price_cents
FROM core.rejections
WHERE dataset_version = $version
GROUP BY reason
ORDER BY reason;
