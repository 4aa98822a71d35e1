-- One row per source: its newest fetched_at, null where it has no document.
SELECT max(fetched_at) AS fetched_at
FROM raw.documents
WHERE source = $source;
