-- One row per refresh: its calls added up. A file that landed is a refresh of its own.
SELECT coalesce(refresh_id, fetch_id) AS refresh, min(started_at) AS started_at,
       max(finished_at) AS finished_at, any_value(source) AS source, any_value(dataset) AS dataset,
       list_sort(list_distinct(list(repository))) AS repositories,
       sum(calls)::BIGINT AS calls, coalesce(sum(points), 0)::BIGINT AS points,
       coalesce(sum(bytes), 0)::BIGINT AS bytes,
       sum(documents_read)::BIGINT AS documents_read,
       sum(documents_landed)::BIGINT AS documents_landed
FROM raw.fetches
WHERE ($dataset IS NULL OR dataset = $dataset)
  AND ($repository IS NULL OR lower(repository) = lower($repository))
GROUP BY ALL
ORDER BY started_at DESC, refresh;
