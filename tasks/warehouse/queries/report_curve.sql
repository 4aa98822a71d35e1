-- One row per (run, number of tasks, metric): cents over that many tasks, the best paid first.
WITH tasks AS (
    SELECT run_id, instance_id, any_value(prices[$rule]) AS price_cents,
        count(*) FILTER (state = 'resolved') / count(*) AS share
    FROM marts.run_state
    WHERE run_id IN $runs AND state <> 'excluded' AND prices[$rule] IS NOT NULL
    GROUP BY ALL
),
sums AS (
    SELECT run_id, row_number() OVER w AS tasks, count(*) OVER (PARTITION BY run_id) AS total,
        sum(price_cents) OVER w AS available_cents, sum(price_cents * share) OVER w AS earned_cents
    FROM tasks
    WINDOW w AS (PARTITION BY run_id ORDER BY price_cents DESC, instance_id ROWS UNBOUNDED PRECEDING)
)
SELECT run_id, lpad(tasks::VARCHAR, 6, '0') AS slice, metric, value::DOUBLE AS value,
    NULL AS low, NULL AS high
FROM (
    SELECT run_id, tasks, total, unnest(['available_cents', 'earned_cents']) AS metric,
        unnest([available_cents::DOUBLE, earned_cents::DOUBLE]) AS value
    FROM sums
)
WHERE tasks % greatest(1, total // 40) = 0 OR tasks = total
ORDER BY run_id, slice, metric;
