-- One row per (verdict, price rule, terms) of these rollouts: what was invoiced and paid.
SELECT n.verdict_id, n.price_rule, n.terms, n.invoiced_cents, n.paid_cents, n.because
FROM eval.settlements n
JOIN eval.verdicts v USING (run_id, verdict_id)
WHERE n.run_id IN (SELECT unnest($runs)) AND v.rollout_id IN (SELECT unnest($rollouts))
ORDER BY ALL;
