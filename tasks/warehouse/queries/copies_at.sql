-- One row per document at one of the places between two positions, and per document of $beside there.
-- Needs wanted_places (position). Unpacking what lies between costs the same however much is taken.
SELECT d.rowid AS position, d.kind, d.external_id, d.fetched_at, d.content_sha256, d.payload
FROM raw.documents d
WHERE d.rowid BETWEEN $first AND $last
    AND (d.rowid IN (SELECT position FROM wanted_places) OR d.kind = $beside);
