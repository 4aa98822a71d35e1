-- One row per current verdict of the run, with its payout under the price rule, if there is one.
SELECT
    s.verdict_id,
    s.instance_id,
    s.attempt,
    s.outcome,
    s.prices[$price_rule] AS price_cents,
    p.verdict_id IS NOT NULL AS is_paid,
    p.price_cents AS stored_price_cents,
    p.payout_cents AS stored_payout_cents
FROM marts.run_state s
LEFT JOIN eval.payouts p ON p.verdict_id = s.verdict_id AND p.price_rule = $price_rule
WHERE s.run_id = $run_id AND s.verdict_id IS NOT NULL
ORDER BY s.position;
