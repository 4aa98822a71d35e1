-- One row per (rollout, take): the last trial's report and log.
SELECT rollout_id, take, report, log
FROM eval.evidence
WHERE run_id IN (SELECT unnest($runs)) AND rollout_id IN (SELECT unnest($rollouts))
QUALIFY row_number() OVER (PARTITION BY rollout_id, take ORDER BY trial DESC) = 1;
