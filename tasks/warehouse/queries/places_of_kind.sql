-- One row per document of a kind: where its newest copy below a position lies.
SELECT external_id, arg_max(rowid, (fetched_at, content_sha256)) AS position
FROM raw.documents
WHERE source = $source AND kind = $kind AND rowid < $end
GROUP BY external_id;
