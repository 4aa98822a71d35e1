-- One row per staging key that occurs twice.
-- reads: core
SELECT 'issues' AS staged, issue AS natural_key FROM staging.issues GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'pulls', pull FROM staging.pulls GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'comments', issue || ' ' || comment_id || ' ' || version_since
FROM staging.comments GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'proposals', issue || ' ' || proposal_id
FROM staging.proposals GROUP BY ALL HAVING count(*) > 1;
