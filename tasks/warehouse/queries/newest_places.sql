-- One row per wanted document that is there: where its newest copy below a position lies.
-- Needs wanted_documents (kind, external_id).
SELECT kind, external_id, arg_max(rowid, (fetched_at, content_sha256)) AS position
FROM raw.documents
SEMI JOIN wanted_documents USING (kind, external_id)
WHERE source = $source AND rowid < $end
GROUP BY kind, external_id
ORDER BY position;
