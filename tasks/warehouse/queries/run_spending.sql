-- One row per run: what all its takes have paid for, in cents. Answers that were reused or came
-- from the cache were paid before; what was cut off counts at its highest.
SELECT
    coalesce(
        sum(coalesce(cost_cents, 0) - coalesce(saved_cents, 0) + coalesce(unsure_cents, 0)), 0
    ) AS paid_cents
FROM eval.rollouts
WHERE run_id = $run_id AND reused_from IS NULL;
