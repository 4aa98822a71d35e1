-- One row per raw file that holds a document: its first one and the moment the file was made.
SELECT d.source, d.kind, d.external_id, d.fetched_at, d.content_sha256, d.fetch_id,
       (SELECT min(applied_at) FROM raw.schema_migrations) AS made_at
FROM raw.documents d
WHERE d.rowid = (SELECT min(rowid) FROM raw.documents);
