-- One row per issue of which a document has landed.
SELECT DISTINCT external_id AS issue
FROM raw.documents
WHERE source = $source AND kind = 'github.issue'
ORDER BY issue;
