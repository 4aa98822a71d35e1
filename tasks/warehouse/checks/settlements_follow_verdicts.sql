-- One row per settlement that its verdict does not justify: plain terms pay what scoring pays.
-- reads: eval
SELECT s.verdict_id, s.price_rule, s.terms
FROM eval.settlements s
JOIN eval.verdicts v USING (verdict_id)
LEFT JOIN eval.payouts p USING (verdict_id, price_rule)
WHERE (getvariable('checked_run') IS NULL OR s.run_id = getvariable('checked_run'))
    AND (
        s.approved <> (v.outcome = 'resolved')
        OR s.terms = 'plain' AND (
            s.paid_cents <> s.invoiced_cents
            OR s.paid_cents <> coalesce(p.payout_cents, s.paid_cents)
        )
    );
