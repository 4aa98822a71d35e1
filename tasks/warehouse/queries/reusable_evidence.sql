-- One row per (rollout, environment, trial): the newest take without a fault of a wanted rollout.
-- Needs wanted_rollouts(rollout_id).
WITH takes AS (
    SELECT rollout_id, recipe_digest, max(take) AS take
    FROM (
        SELECT rollout_id, recipe_digest, take
        FROM eval.evidence SEMI JOIN wanted_rollouts USING (rollout_id)
        WHERE reused_from IS NULL
        GROUP BY ALL
        HAVING bool_and(status = 'done')
    )
    GROUP BY ALL
)
SELECT e.* FROM eval.evidence e SEMI JOIN takes USING (rollout_id, recipe_digest, take)
ORDER BY e.rollout_id, e.trial;
