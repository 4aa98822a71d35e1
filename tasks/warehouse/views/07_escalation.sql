-- One row per (source, dataset, issue): its ladder in numbers; a dataset is named where its overrides made the ledger.
-- Cents; premium is final minus initial. proposals_before counts what was posted before each rung.
CREATE VIEW marts.escalation AS
WITH rungs AS (
    -- Within a second in the order of the ledger's walk: titles, jobs, comments, corrections.
    SELECT e.source, e.dataset, e.issue, e.occurred_at, e.kind, e.amount_cents, e.event_id,
        e.document_id, e.previous_cents,
        list_position(
            ['title_at_creation', 'title_rename', 'upwork_job', 'comment', 'override'],
            e.source_kind
        ) AS place,
        count(p.proposal_id) AS proposals_before
    FROM core.bounty_events e
    LEFT JOIN core.staging.proposals p ON p.issue = e.issue AND p.posted_at < e.occurred_at
    WHERE e.superseded_by IS NULL AND e.kind NOT IN ('paid', 'restated')
        AND e.occurred_at IS NOT NULL AND e.currency = 'USD'
    GROUP BY ALL
),
walked AS (
    SELECT *, row_number() OVER (
        PARTITION BY source, dataset, issue
        ORDER BY occurred_at, place, document_id, previous_cents NULLS FIRST, event_id
    ) AS walk
    FROM rungs
),
ladders AS (
    SELECT
        source,
        dataset,
        issue,
        count(*) FILTER (kind = 'raised') AS raises,
        count(*) FILTER (kind = 'lowered') AS lowers,
        first(amount_cents ORDER BY walk) AS initial_cents,
        last(amount_cents ORDER BY walk) AS final_cents,
        max(amount_cents) AS peak_cents,
        min(occurred_at) AS first_posted_at,
        date_diff('second', min(occurred_at), min(occurred_at) FILTER (kind = 'raised')) / 86400.0
            AS days_to_first_raise,
        list(
            {'occurred_at': occurred_at, 'kind': kind, 'amount_cents': amount_cents,
             'proposals_before': proposals_before}
            ORDER BY walk
        ) AS ladder
    FROM walked
    GROUP BY source, dataset, issue
)
SELECT
    l.source,
    l.dataset,
    l.issue,
    l.raises,
    l.lowers,
    l.initial_cents,
    l.final_cents,
    l.peak_cents,
    l.final_cents - l.initial_cents AS premium_cents,
    l.first_posted_at,
    l.days_to_first_raise,
    date_diff('second', i.created_at, i.closed_at) / 86400.0 AS days_to_resolve,
    l.ladder
FROM ladders l
LEFT JOIN core.staging.issues i USING (issue);
