-- One row per document whose newest copy below a position was not read, or by other rules.
WITH newest AS (
    SELECT
        kind,
        external_id,
        arg_max(
            {'position': rowid, 'content_sha256': content_sha256}, (fetched_at, content_sha256)
        ) AS copy
    FROM raw.documents
    WHERE source = $source AND rowid < $end
    GROUP BY kind, external_id
)
SELECT n.kind, n.external_id, n.copy.position AS position
FROM newest n
ANTI JOIN core.staging.read_documents r
    ON r.source = $source AND r.kind = n.kind AND r.external_id = n.external_id
    AND r.content_sha256 = n.copy.content_sha256 AND r.rules = $rules
ORDER BY n.copy.position;
