-- One row per (issue, pull request that fixes it or undoes what concerns it), in any letter case.
-- Needs wanted_issues (issue).
WITH RECURSIVE taking_back AS (
    SELECT pull, lower(unnest(reverts)) AS undone FROM core.staging.pulls
),
concerned AS (
    SELECT pull, lower(unnest(fixes)) AS issue FROM core.staging.pulls
    UNION
    SELECT t.pull, c.issue FROM taking_back t JOIN concerned c ON lower(c.pull) = t.undone
)
SELECT w.issue AS named_issue, p.*
FROM wanted_issues w
JOIN concerned c ON c.issue = lower(w.issue)
JOIN core.staging.pulls p USING (pull)
ORDER BY named_issue, p.pull;
