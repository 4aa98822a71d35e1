-- One row per rollout: its answer, its conversation and what it took.
SELECT rollout_id, submission, transcript, tokens_in, tokens_out, cost_cents, finish_reason,
    declined, questions
FROM eval.rollouts
WHERE run_id IN (SELECT unnest($runs)) AND rollout_id IN (SELECT unnest($rollouts));
