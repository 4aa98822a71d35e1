-- One row per wanted external id that is there: its newest copy. Needs wanted_ids.
WITH newest AS (
    SELECT external_id, arg_max(rowid, (fetched_at, content_sha256)) AS row_id
    FROM raw.documents SEMI JOIN wanted_ids USING (external_id)
    WHERE source = $source AND kind = $kind
    GROUP BY external_id
)
SELECT d.external_id, d.payload
FROM raw.documents d JOIN newest n ON n.row_id = d.rowid
ORDER BY d.external_id;
