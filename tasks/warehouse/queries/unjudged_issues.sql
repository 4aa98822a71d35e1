-- One row per staged issue of a dataset without a valid outcome for every variant.
-- Needs own_inputs (candidate_id, variant, inputs, lacking) and mirror_inputs (origin, lacking);
-- lacking is what a rejection for want of a commit rests on.
WITH valid AS (
    SELECT o.candidate_id, count(*) AS variants
    FROM core.outcomes o
    LEFT JOIN own_inputs w USING (candidate_id, variant)
    LEFT JOIN mirror_inputs m USING (origin)
    WHERE o.dataset = $dataset AND o.source = $source
        AND o.inputs = CASE
            WHEN o.reason = $retried THEN coalesce(w.lacking, m.lacking)
            ELSE coalesce(w.inputs, $general)
        END
    GROUP BY o.candidate_id
)
SELECT i.issue
FROM core.staging.issues i
LEFT JOIN valid v ON v.candidate_id = i.issue
WHERE list_contains($repositories, i.repository)
    AND coalesce(v.variants, 0) <> $variants
ORDER BY i.repository, i.number;
