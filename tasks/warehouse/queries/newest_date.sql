-- One row per dataset asked about: the newest date in what has landed of its repositories or market.
WITH own AS (
    SELECT * FROM core.staging.issues WHERE list_contains($repositories, repository)
)
SELECT max(moment) AS newest
FROM (
    SELECT max(greatest(created_at, coalesce(closed_at, created_at))) AS moment FROM own
    UNION ALL
    SELECT max(occurred_at) FROM core.staging.issue_events SEMI JOIN own USING (issue)
    UNION ALL
    SELECT max(greatest(created_at, version_since))
    FROM core.staging.comments SEMI JOIN own USING (issue)
    UNION ALL
    SELECT max(greatest(
        created_at, coalesce(merged_at, created_at), coalesce(closed_at, created_at)
    ))
    FROM core.staging.pulls WHERE list_contains($repositories, repository)
    UNION ALL
    SELECT max(posted_at) FROM core.staging.postings WHERE market = $market
);
