-- One row per repository: how many of its numbers are known, as what, and which is the highest.
WITH wanted AS (
    SELECT lower(repository) AS repository
    FROM raw.fetches
    WHERE $dataset IS NOT NULL AND dataset = $dataset
    UNION
    SELECT lower(split_part(d.external_id, '#', 1))
    FROM raw.documents d JOIN raw.fetches f USING (fetch_id)
    WHERE $dataset IS NOT NULL AND f.dataset = $dataset
    UNION
    SELECT lower($repository)
),
numbered AS (
    SELECT DISTINCT split_part(external_id, '#', 1) AS repository, kind,
           split_part(external_id, '#', 2)::BIGINT AS number
    FROM raw.documents
    WHERE source = 'github' AND regexp_full_match(external_id, '[^#]+/[^#]+#[0-9]{1,15}')
)
SELECT repository, max(number) AS highest,
       count(DISTINCT number) FILTER (kind = 'github.issue') AS issues,
       count(DISTINCT number) FILTER (kind = 'github.pull') AS pulls,
       count(DISTINCT number) FILTER (kind = 'github.gone') AS gone,
       max(number) - count(DISTINCT number) FILTER (number > 0) AS missing
FROM numbered
WHERE ($dataset IS NULL AND $repository IS NULL)
   OR lower(repository) IN (SELECT repository FROM wanted WHERE repository IS NOT NULL)
GROUP BY repository
ORDER BY repository;
