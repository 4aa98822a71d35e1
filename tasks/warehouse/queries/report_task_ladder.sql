-- One row per event of the ledger of one task's issue that nothing superseded.
SELECT occurred_at, kind, amount_cents, event_id
FROM core.bounty_events
WHERE superseded_by IS NULL
    AND issue = (SELECT issue FROM core.task_instances WHERE instance_digest = $digest)
ORDER BY occurred_at NULLS FIRST, kind = 'paid',
    list_position(
        ['title_at_creation', 'title_rename', 'upwork_job', 'comment', 'override'], source_kind
    ), document_id, previous_cents NULLS FIRST, event_id;
