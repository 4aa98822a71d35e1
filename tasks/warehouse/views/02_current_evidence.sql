-- One row per rollout that was graded in the environment its run uses: the last trial of the latest
-- take there. A fault ends a take, so that the last trial's status is the take's.
-- A rollout is of one run; naming the run lets a question about one run read that run only.
CREATE VIEW marts.current_evidence AS
SELECT e.*
FROM eval.evidence e
JOIN eval.rollouts r ON r.run_id = e.run_id AND r.rollout_id = e.rollout_id
JOIN eval.run_environments p
    ON p.run_id = r.run_id
   AND p.instance_digest = r.instance_digest
   AND p.recipe_digest = e.recipe_digest
QUALIFY row_number() OVER (PARTITION BY e.run_id, e.rollout_id ORDER BY e.take DESC, e.trial DESC) = 1;
