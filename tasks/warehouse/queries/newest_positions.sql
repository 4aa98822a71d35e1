-- One row per wanted external id that is there: where its newest copy lies. Needs wanted_ids.
SELECT external_id, arg_max(rowid, (fetched_at, content_sha256)) AS position
FROM raw.documents SEMI JOIN wanted_ids USING (external_id)
WHERE source = $source AND kind = $kind
GROUP BY external_id
ORDER BY external_id;
