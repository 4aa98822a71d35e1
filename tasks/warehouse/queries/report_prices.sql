-- One row per band of prices, the cheapest first: tasks of the runs, and their prices' sum.
SELECT band, count(*) AS tasks, sum(price_cents)::BIGINT AS price_cents
FROM (
    SELECT DISTINCT instance_digest, prices[$rule] AS price_cents,
        CASE
            WHEN price_cents IS NULL THEN 'unpriced'
            WHEN price_cents < 25000 THEN '0-250'
            WHEN price_cents < 50000 THEN '250-500'
            WHEN price_cents < 100000 THEN '500-1000'
            WHEN price_cents < 200000 THEN '1000-2000'
            WHEN price_cents < 400000 THEN '2000-4000'
            ELSE '4000+'
        END AS band
    FROM marts.task_facts
    SEMI JOIN (SELECT instance_digest FROM eval.run_items WHERE run_id IN $runs)
        USING (instance_digest)
)
GROUP BY band
ORDER BY min(price_cents) NULLS LAST;
