-- One row per verdict: its detail.
SELECT verdict_id, detail
FROM eval.verdicts
WHERE run_id IN (SELECT unnest($runs)) AND rollout_id IN (SELECT unnest($rollouts));
