-- One row per dataset and per repository that something was fetched for.
SELECT DISTINCT dataset AS name FROM raw.fetches WHERE dataset IS NOT NULL
UNION
SELECT DISTINCT repository FROM raw.fetches WHERE repository IS NOT NULL
UNION
SELECT DISTINCT split_part(external_id, '#', 1) FROM raw.documents
WHERE source = 'github' AND regexp_full_match(external_id, '[^#/]+/[^#/]+#[0-9]{1,15}')
ORDER BY name;
