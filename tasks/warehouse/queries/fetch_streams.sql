-- One row per stream: when it last ran, where it stands, and whether anything is left of it.
SELECT stream, any_value(dataset) AS dataset, any_value(repository) AS repository,
       max(finished_at) AS last_run,
       arg_max(cursor, rowid) FILTER (cursor IS NOT NULL) AS cursor,
       arg_max(coalesce(done, false), rowid) AS done
FROM raw.fetches
WHERE stream IS NOT NULL
  AND ($dataset IS NULL OR dataset = $dataset)
  AND ($repository IS NULL OR lower(repository) = lower($repository))
GROUP BY stream
ORDER BY stream;
