-- One row per finding that a version lists and the newest build has not, or the other way round.
WITH stored AS (
    SELECT instance_id, instance_digest, code, severity, field, words, detail
    FROM core.lint_findings
    WHERE dataset_version = $version
),
found AS (
    SELECT instance_id, instance_digest, code, severity, field, words, detail FROM findings
)
(FROM stored EXCEPT ALL FROM found) UNION ALL (FROM found EXCEPT ALL FROM stored)
LIMIT 1;
