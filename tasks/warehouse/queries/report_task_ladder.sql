-- One row per event that nothing superseded of the ledger of one task's issue: the one that the
-- runs' dataset corrected, or else the one that all datasets share.
WITH events AS (
    SELECT *
    FROM core.bounty_events
    WHERE superseded_by IS NULL
        AND issue = (SELECT issue FROM core.task_instances WHERE instance_digest = $digest)
        AND (dataset IS NULL OR dataset IN (SELECT dataset FROM eval.runs WHERE run_id IN $runs))
)
SELECT occurred_at, kind, amount_cents, event_id
FROM events
WHERE dataset IS NOT NULL OR NOT EXISTS (SELECT 1 FROM events WHERE dataset IS NOT NULL)
ORDER BY occurred_at NULLS FIRST, kind = 'paid',
    list_position(
        ['title_at_creation', 'title_rename', 'upwork_job', 'comment', 'override'], source_kind
    ), document_id, previous_cents NULLS FIRST, event_id;
