-- One row per document at one of the places between two positions. Needs wanted_places (position).
SELECT d.kind, d.external_id, d.fetched_at, d.content_sha256, d.payload
FROM raw.documents d
SEMI JOIN wanted_places w ON w.position = d.rowid
WHERE d.rowid BETWEEN $first AND $last;
