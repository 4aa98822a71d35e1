-- One row per external id of a kind that begins with the prefix.
SELECT DISTINCT external_id
FROM raw.documents
WHERE source = $source AND kind = $kind AND starts_with(external_id, $prefix)
ORDER BY external_id;
