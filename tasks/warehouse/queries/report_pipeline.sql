-- One row per step from what was collected to what was solved.
WITH items AS (
    SELECT instance_digest, bool_and(state = 'excluded') AS excluded,
        bool_or(state = 'resolved') AS resolved
    FROM marts.run_state WHERE run_id IN $runs GROUP BY instance_digest
),
steps AS (
    SELECT 1 AS place, 'candidates' AS step, sum(candidates) AS tasks
    FROM marts.coverage WHERE dataset_version IN $versions
    UNION ALL
    SELECT 2, 'priced tasks of the version', sum(candidates)
    FROM marts.coverage WHERE dataset_version IN $versions AND reason = 'instance'
    UNION ALL SELECT 3, 'chosen for the runs', count(*) FROM items
    UNION ALL SELECT 4, 'gradable, attempted', count(*) FROM items WHERE NOT excluded
    UNION ALL SELECT 5, 'resolved by a run at least', count(*) FROM items WHERE resolved
)
SELECT step, tasks::BIGINT AS tasks FROM steps ORDER BY place;
