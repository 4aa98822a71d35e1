-- One row per fetch that landed a newest copy, below a position of raw, of what a dataset reads.
-- Of issues that is its repositories', of postings its market's, of jobs those in $jobs; pull
-- requests and edits of comments count unless they were fetched for another repository.
WITH newest AS (
    SELECT
        kind,
        external_id,
        max(fetched_at) AS fetched_at,
        arg_max(fetch_id, (fetched_at, content_sha256)) AS fetch_id
    FROM raw.documents
    WHERE source = $source AND rowid < $end
        AND (
            kind NOT IN ('github.issue', 'github.gone')
            OR list_contains($repositories, split_part(external_id, '#', 1))
        )
        AND (source <> 'kaggle' OR regexp_extract(external_id, '^[^#@]*') = $market)
        AND (source <> 'upwork' OR list_contains($jobs, external_id))
    GROUP BY kind, external_id
)
SELECT
    n.fetch_id,
    f.refresh_id,
    f.dataset,
    f.repository,
    f.query,
    f.finished_at,
    count(*)::BIGINT AS documents,
    max(n.fetched_at) AS newest_copy_at
FROM newest n
LEFT JOIN raw.fetches f USING (fetch_id)
WHERE $source <> 'github'
    OR f.repository IS NULL
    OR list_contains(list_transform($repositories, lambda r: lower(r)), lower(f.repository))
GROUP BY ALL
ORDER BY f.finished_at, n.fetch_id;
