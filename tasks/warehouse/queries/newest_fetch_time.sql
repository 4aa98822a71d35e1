-- One row per source: the newest time in its record, null where there is none.
SELECT greatest(
    (SELECT max(fetched_at) FROM raw.documents WHERE source = $source),
    (SELECT max(started_at) FROM raw.fetches WHERE source = $source)
) AS fetched_at;
