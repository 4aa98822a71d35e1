-- One row per candidate and variant of a dataset, and per document that cannot be read: its fate.
-- What an instance is worth is its own price under the dataset's rule; a rejection says its own.
CREATE OR REPLACE TEMP TABLE fates AS
SELECT
    o.candidate_id,
    o.variant,
    o.instance_digest,
    t.instance_id,
    o.reason,
    o.detail,
    o.origin,
    CASE WHEN o.reason IS NULL THEN t.prices[$price_rule] ELSE o.price_cents END AS price_cents,
    o.findings,
    o.facts
FROM core.outcomes o
LEFT JOIN core.task_instances t USING (instance_digest)
WHERE o.dataset = $dataset
    AND list_contains($sources, o.source)
UNION ALL
SELECT
    CASE WHEN kind = 'github.gone' THEN external_id || '/gone' ELSE external_id END,
    'unknown',
    NULL,
    NULL,
    'malformed',
    kind || ': ' || malformed,
    kind,
    NULL,
    NULL,
    NULL
FROM core.staging.read_documents
WHERE malformed IS NOT NULL AND list_contains($sources, source)
    -- A pull request may fix what lies elsewhere, and the edits of a comment name no repository.
    AND (
        kind NOT IN ('github.issue', 'github.gone')
        OR list_contains($repositories, split_part(external_id, '#', 1))
    );
