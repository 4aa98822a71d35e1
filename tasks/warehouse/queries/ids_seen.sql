-- One row per external id that a call of these streams returned.
SELECT DISTINCT unnest(seen) AS external_id
FROM raw.fetches
WHERE source = $source AND starts_with(stream, $prefix)
ORDER BY external_id;
