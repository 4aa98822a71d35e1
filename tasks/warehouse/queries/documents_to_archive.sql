-- One row per document of $repositories (lower case) between two positions, in no order: sorting
-- here would hold the payloads of a whole vector twice.
-- Documents that name no repository are taken by the fetch that brought them; needs
-- archived_fetches (fetch_id).
SELECT d.rowid AS position, d.source, d.kind, d.external_id, d.fetched_at, d.payload
FROM raw.documents d
WHERE d.rowid >= $first AND d.rowid < $beyond AND d.source = $source
  AND CASE
    WHEN contains(d.external_id, '/')
    THEN list_contains($repositories, lower(split_part(d.external_id, '#', 1)))
    ELSE d.fetch_id IN (SELECT fetch_id FROM archived_fetches)
  END;
