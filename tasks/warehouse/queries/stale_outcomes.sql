-- One row per candidate of a dataset and source with an outcome that no version may list.
SELECT DISTINCT o.candidate_id
FROM core.outcomes o
LEFT JOIN core.staging.issues i ON i.issue = o.candidate_id
WHERE o.dataset = $dataset AND o.source = $source
    AND (
        i.issue IS NULL
        OR NOT list_contains($repositories, i.repository)
        OR NOT list_contains($variants, o.variant)
    );
