-- One row per (issue, pull request that fixes it or takes such a fix back), whatever the letter case.
-- Needs wanted_issues (issue).
WITH named AS (
    SELECT pull, lower(unnest(fixes)) AS issue FROM core.staging.pulls
),
taking_back AS (
    SELECT pull, lower(unnest(reverts)) AS fix FROM core.staging.pulls
),
concerned AS (
    SELECT pull, issue FROM named
    UNION
    SELECT t.pull, n.issue FROM taking_back t JOIN named n ON lower(n.pull) = t.fix
)
SELECT w.issue AS named_issue, p.*
FROM wanted_issues w
JOIN concerned c ON c.issue = lower(w.issue)
JOIN core.staging.pulls p USING (pull)
ORDER BY named_issue, p.pull;
