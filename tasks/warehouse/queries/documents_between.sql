-- One row per document of a source whose newest copy below two positions of raw is not the same.
WITH touched AS (
    SELECT DISTINCT kind, external_id
    FROM raw.documents
    WHERE source = $source AND rowid >= least($first, $second) AND rowid < greatest($first, $second)
),
copies AS (
    SELECT
        kind,
        external_id,
        arg_max(content_sha256, (fetched_at, content_sha256)) FILTER (d.rowid < $first) AS before,
        arg_max(content_sha256, (fetched_at, content_sha256)) FILTER (d.rowid < $second) AS after,
        max(fetched_at) FILTER (d.rowid < $second) AS fetched_at
    FROM raw.documents d
    SEMI JOIN touched USING (kind, external_id)
    WHERE source = $source
    GROUP BY kind, external_id
)
SELECT kind, external_id, fetched_at, before IS NULL AS is_new FROM copies
WHERE before IS DISTINCT FROM after
ORDER BY kind, external_id;
