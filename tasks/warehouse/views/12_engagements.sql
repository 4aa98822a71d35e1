-- One row per (run, price rule, terms, instance, attempt) whose current verdict is settled.
CREATE VIEW marts.engagements AS
SELECT e.* EXCLUDE (take, rollout_id, verdict_id), s.variant, s.state
FROM eval.engagements e
JOIN marts.run_state s ON s.run_id = e.run_id AND s.verdict_id = e.verdict_id
WHERE s.state <> 'excluded';
