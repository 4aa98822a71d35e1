-- One row per document of a source: the digest of its newest copy.
SELECT kind, external_id, arg_max(content_sha256, (fetched_at, content_sha256)) AS content_sha256
FROM raw.documents
WHERE source = $source
GROUP BY kind, external_id
ORDER BY ALL;
