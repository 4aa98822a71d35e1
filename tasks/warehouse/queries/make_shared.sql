-- One row per outcome of another dataset that rests on what this one's would, and that it lacks.
-- Needs own_inputs and mirror_inputs as unjudged_issues does; what has inputs of its own is its own.
CREATE OR REPLACE TEMP TABLE shared AS
WITH resting AS (
    SELECT o.*
    FROM core.outcomes o
    LEFT JOIN mirror_inputs m USING (origin)
    ANTI JOIN own_inputs w
        ON w.candidate_id = o.candidate_id AND w.variant = o.variant
    WHERE o.source = $source
        AND list_contains($variants, o.variant)
        AND o.inputs = CASE WHEN o.reason = $retried THEN m.lacking ELSE $general END
)
SELECT r.* REPLACE ($dataset AS dataset)
FROM resting r
SEMI JOIN core.staging.issues i
    ON i.issue = r.candidate_id AND list_contains($repositories, i.repository)
WHERE r.dataset <> $dataset
    AND (r.candidate_id, r.variant) NOT IN (
        SELECT (candidate_id, variant) FROM resting WHERE dataset = $dataset
    )
QUALIFY row_number() OVER (PARTITION BY r.candidate_id, r.variant ORDER BY r.dataset) = 1;
