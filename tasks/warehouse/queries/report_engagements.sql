-- One row per (run, number): what the settled engagements of a run came to by some terms.
WITH sums AS (
    SELECT run_id, terms, count(*) AS offered, count(*) FILTER (accepted) AS accepted,
        count(*) FILTER (delivered) AS delivered, count(*) FILTER (approved) AS approved,
        sum(invoiced_cents) AS invoiced_cents, sum(paid_cents) AS paid_cents,
        sum(questions) AS questions
    FROM marts.engagements
    WHERE run_id IN $runs AND price_rule = $rule AND terms = $terms
    GROUP BY ALL
)
SELECT run_id, terms AS slice,
    unnest(['offered', 'accepted', 'delivered', 'approved', 'invoiced_cents', 'paid_cents',
        'questions']) AS metric,
    unnest([offered, accepted, delivered, approved, invoiced_cents, paid_cents, questions])::DOUBLE
        AS value,
    NULL AS low, NULL AS high
FROM sums
ORDER BY ALL;
