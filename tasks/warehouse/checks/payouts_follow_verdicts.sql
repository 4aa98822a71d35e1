-- One row per payout that its verdict does not justify.
-- reads: eval
SELECT p.verdict_id, p.price_rule
FROM eval.payouts p JOIN eval.verdicts v USING (verdict_id)
WHERE (getvariable('checked_run') IS NULL OR p.run_id = getvariable('checked_run'))
    AND p.payout_cents <> CASE WHEN v.outcome = 'resolved' THEN coalesce(p.price_cents, 0) ELSE 0 END;
