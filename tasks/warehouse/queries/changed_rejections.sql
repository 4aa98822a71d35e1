-- One row per rejection that a version lists and the fates do not, or the other way round.
WITH stored AS (
    SELECT candidate_id, variant, reason, detail, origin, price_cents
    FROM core.rejections
    WHERE dataset_version = $version
),
found AS (
    SELECT candidate_id, variant, reason, detail, origin, price_cents
    FROM fates
    WHERE reason IS NOT NULL
)
(FROM stored EXCEPT ALL FROM found) UNION ALL (FROM found EXCEPT ALL FROM stored)
LIMIT 1;
