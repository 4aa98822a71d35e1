-- One row per (origin, variant, reason): how many candidates, and their cents; no reason, no rejection.
SELECT
    coalesce(origin, '') AS origin,
    variant,
    reason,
    count(*) AS candidates,
    coalesce(sum(price_cents), 0)::BIGINT AS price_cents
FROM fates
GROUP BY ALL
ORDER BY ALL;
