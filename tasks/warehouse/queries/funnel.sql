-- One row per (reason, filter) of the fates: how many candidates, and their cents; null: instances.
SELECT
    reason,
    CASE WHEN reason = 'filtered' THEN split_part(detail, ':', 1) END AS filter,
    count(*) AS candidates,
    coalesce(sum(price_cents), 0)::BIGINT AS price_cents
FROM fates
GROUP BY ALL
ORDER BY ALL;
