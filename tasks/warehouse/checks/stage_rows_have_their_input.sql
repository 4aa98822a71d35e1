-- One row per stage row whose input is missing.
-- reads: eval
SELECT 'rollouts' AS stage_table, rollout_id AS stage_key
FROM eval.rollouts ANTI JOIN eval.run_items USING (run_id, instance_id, attempt)
UNION ALL
SELECT 'run_environments', instance_digest
FROM eval.run_environments ANTI JOIN eval.run_items USING (run_id, instance_digest)
UNION ALL
SELECT 'evidence', rollout_id FROM eval.evidence ANTI JOIN eval.rollouts USING (rollout_id)
UNION ALL
SELECT 'verdicts', v.verdict_id
FROM eval.verdicts v ANTI JOIN eval.evidence e
    ON e.rollout_id = v.rollout_id AND e.take = v.evidence_take
UNION ALL
SELECT 'payouts', verdict_id FROM eval.payouts ANTI JOIN eval.verdicts USING (verdict_id)
UNION ALL
SELECT 'settlements', verdict_id FROM eval.settlements ANTI JOIN eval.verdicts USING (verdict_id);
