-- One row per (run, instance_digest) that was prepared at all: the environment that the run uses.
CREATE VIEW marts.current_environments AS
SELECT p.run_id, p.because, n.*
FROM eval.run_environments p
JOIN eval.environments n USING (instance_digest, recipe_digest);
