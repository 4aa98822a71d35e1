-- One row per collected issue with this name: its newest state, and who was ever assigned to it.
SELECT
    i.repository,
    i.number,
    i.url,
    i.author,
    i.state,
    i.title,
    i.body,
    i.created_at,
    i.document_id,
    (
        SELECT coalesce(list(DISTINCT e.detail ORDER BY e.detail), [])
        FROM staging.issue_events e
        WHERE e.issue = $issue AND e.event_type = 'assigned' AND e.detail <> ''
    ) AS assigned
FROM staging.issues i
WHERE i.issue = $issue;
