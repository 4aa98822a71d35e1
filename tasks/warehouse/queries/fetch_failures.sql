-- One row per call that failed, newest first; of the query only its name, not its text.
SELECT coalesce(refresh_id, fetch_id) AS refresh, started_at, dataset, repository, stream,
       split_part(query, ':', 1) AS query, status, error
FROM raw.fetches
WHERE status NOT IN ('ok', 'done')
  AND ($dataset IS NULL OR dataset = $dataset)
  AND ($repository IS NULL OR lower(repository) = lower($repository))
ORDER BY started_at DESC, rowid DESC;
