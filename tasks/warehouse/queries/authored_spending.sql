-- One row per way of asking a model for tasks: what all its answers and faults have paid for, in
-- cents, copies that newer ones have replaced included.
SELECT coalesce(sum(CAST(json_extract_string(payload, '$.paid_cents') AS DOUBLE)), 0) AS paid_cents
FROM raw.documents
WHERE source = $source AND json_extract_string(payload, '$.author') = $author;
