-- One row per document that counts as read twice, or candidate with two outcomes of one variant.
-- reads: core
SELECT 'read_documents' AS kept, concat_ws(' ', source, kind, external_id) AS natural_key
FROM (
    SELECT source, kind, external_id FROM staging.read_documents
    GROUP BY ALL HAVING count(*) > 1
)
UNION ALL
SELECT 'outcomes', concat_ws(' ', dataset, candidate_id, variant)
FROM (
    SELECT dataset, source, candidate_id, variant FROM core.outcomes
    GROUP BY ALL HAVING count(*) > 1
);
