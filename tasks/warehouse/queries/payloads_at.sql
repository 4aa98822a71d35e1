-- One row per document at one of the positions.
SELECT external_id, payload
FROM raw.documents
WHERE rowid IN (SELECT unnest($positions::BIGINT[]))
ORDER BY external_id;
