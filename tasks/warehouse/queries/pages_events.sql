-- One row per event that counts, of the issues of these tasks, and what it rests on.
SELECT t.instance_digest, e.dataset, e.occurred_at, e.kind, e.amount_cents, e.actor, e.words, e.url,
    e.source_kind, e.event_id, i.closed_at
FROM core.bounty_events e
JOIN core.task_instances t USING (issue)
LEFT JOIN core.staging.issues i USING (issue)
WHERE e.superseded_by IS NULL AND e.currency = 'USD'
    AND (e.dataset IS NULL OR e.dataset IN (SELECT unnest($datasets)))
    AND t.instance_digest IN (SELECT unnest($digests))
ORDER BY t.instance_digest, e.occurred_at NULLS FIRST, e.kind = 'paid',
    list_position(
        ['title_at_creation', 'title_rename', 'upwork_job', 'comment', 'override'], e.source_kind
    ), e.document_id, e.previous_cents NULLS FIRST, e.event_id;
