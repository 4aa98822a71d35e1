-- One row per rejection in a version of a published task whose key is wanted, repetitions left out.
-- A published document is called FILE#KEY or FOLDER/KEY, with ~N behind it where that repeats.
-- Needs wanted_keys (key).
SELECT
    regexp_replace(regexp_extract(candidate_id, '[^#/]*$'), '~\d+$', '') AS key,
    variant,
    reason,
    detail
FROM core.rejections
WHERE dataset_version = $version AND reason <> 'duplicate_generation'
    AND regexp_replace(regexp_extract(candidate_id, '[^#/]*$'), '~\d+$', '')
        IN (SELECT key FROM wanted_keys)
ORDER BY ALL;
