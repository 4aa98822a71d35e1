-- One row per stage row whose input is missing.
-- reads: eval
SELECT stage_table, stage_key
FROM (
    SELECT 'rollouts' AS stage_table, rollout_id AS stage_key, run_id
    FROM eval.rollouts ANTI JOIN eval.run_items USING (run_id, instance_id, attempt)
    UNION ALL
    SELECT 'run_environments', instance_digest, run_id
    FROM eval.run_environments ANTI JOIN eval.run_items USING (run_id, instance_digest)
    UNION ALL
    SELECT 'evidence', rollout_id, run_id
    FROM eval.evidence ANTI JOIN eval.rollouts USING (run_id, rollout_id)
    UNION ALL
    SELECT 'verdicts', v.verdict_id, v.run_id
    FROM eval.verdicts v ANTI JOIN eval.evidence e
        ON e.run_id = v.run_id AND e.rollout_id = v.rollout_id AND e.take = v.evidence_take
    UNION ALL
    SELECT 'payouts', verdict_id, run_id
    FROM eval.payouts ANTI JOIN eval.verdicts USING (run_id, verdict_id)
    UNION ALL
    SELECT 'settlements', verdict_id, run_id
    FROM eval.settlements ANTI JOIN eval.verdicts USING (run_id, verdict_id)
)
WHERE getvariable('checked_run') IS NULL OR run_id = getvariable('checked_run');
