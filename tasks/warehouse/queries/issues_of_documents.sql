-- One row per issue, read before, that the documents read now concern, as they were or as they are.
-- Needs read_now (kind, external_id), and new_pulls (fixes, reverts), what read pulls say now.
WITH RECURSIVE changed AS (
    SELECT fixes, reverts FROM new_pulls
    UNION ALL
    SELECT fixes, reverts
    FROM core.staging.pulls p
    SEMI JOIN (SELECT external_id FROM read_now WHERE kind = 'github.pull') r
        ON r.external_id = p.pull
),
-- What they take back, what that takes back, and so on: a revert of a revert concerns the issue.
taken_back AS (
    SELECT lower(unnest(reverts)) AS pull FROM changed
    UNION
    SELECT lower(unnest(p.reverts)) FROM core.staging.pulls p JOIN taken_back t ON t.pull = lower(p.pull)
),
concerned AS (
    SELECT unnest(fixes) AS issue FROM changed
    UNION ALL
    SELECT unnest(p.fixes) FROM core.staging.pulls p JOIN taken_back t ON t.pull = lower(p.pull)
    UNION ALL
    SELECT c.issue
    FROM core.staging.comments c
    SEMI JOIN (SELECT external_id FROM read_now WHERE kind = 'github.comment_edits') r
        ON r.external_id = c.node_id
    UNION ALL
    SELECT external_id FROM read_now WHERE kind = 'github.gone'
)
SELECT external_id AS issue
FROM core.staging.read_documents
WHERE source = $source AND kind = 'github.issue'
    AND lower(external_id) IN (SELECT lower(issue) FROM concerned)
ORDER BY external_id;
