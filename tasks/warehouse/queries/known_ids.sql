-- One row per wanted external id that is there. Needs wanted_ids.
SELECT DISTINCT external_id
FROM raw.documents SEMI JOIN wanted_ids USING (external_id)
WHERE source = $source AND kind = $kind
ORDER BY external_id;
