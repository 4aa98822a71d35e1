-- One row per repository: its document of a kind that was fetched last, below a position.
SELECT
    kind,
    arg_max(external_id, (fetched_at, content_sha256)) AS external_id
FROM raw.documents
WHERE source = $source AND kind = $kind AND rowid < $end
GROUP BY kind, split_part(external_id, '#', 1)
ORDER BY external_id;
