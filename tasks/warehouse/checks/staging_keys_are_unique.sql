-- One row per staging key that occurs twice.
-- reads: core
-- Comments are millions: numbers and times find the few that may be twice, texts name those.
WITH suspects AS (
    SELECT comment_id, version_since FROM staging.comments GROUP BY ALL HAVING count(*) > 1
)
SELECT 'issues' AS staged, issue AS natural_key FROM staging.issues GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'pulls', pull FROM staging.pulls GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'comments', issue || ' ' || comment_id || ' ' || version_since
FROM staging.comments SEMI JOIN suspects USING (comment_id, version_since)
GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'proposals', issue || ' ' || proposal_id
FROM staging.proposals GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'jobs', job FROM staging.jobs GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'job_links', issue || ' ' || job FROM staging.job_links GROUP BY issue, job HAVING count(*) > 1
UNION ALL
SELECT 'comment_edits', node_id FROM staging.comment_edits GROUP BY ALL HAVING count(*) > 1;
