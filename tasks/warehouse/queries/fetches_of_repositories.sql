-- One row per fetch_id whose documents without a repository in their name belong to $repositories
-- (lower case): it was made for one of them or for this dataset, or brought documents of them. A
-- landing that was killed has no row in raw.fetches; what it brought is taken along.
WITH nameless AS (
    SELECT DISTINCT fetch_id FROM raw.documents
    WHERE source = $source AND NOT contains(external_id, '/')
)
SELECT DISTINCT d.fetch_id
FROM raw.documents d
SEMI JOIN nameless USING (fetch_id)
LEFT JOIN raw.fetches f USING (fetch_id)
WHERE CASE
    WHEN f.fetch_id IS NULL THEN true
    WHEN f.repository IS NOT NULL THEN list_contains($repositories, lower(f.repository))
    ELSE f.dataset = $dataset
      OR list_contains($repositories, lower(split_part(d.external_id, '#', 1)))
  END;
