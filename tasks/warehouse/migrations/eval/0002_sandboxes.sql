-- What grading saw beside results (tasks/domain/verdicts.Evidence), as JSON; null: the defaults.
ALTER TABLE evidence ADD COLUMN facts VARCHAR;

-- The environment that the evidence was collected in.
ALTER TABLE evidence ADD COLUMN recipe_digest VARCHAR;

-- How often all tests were run without and with the gold patch.
ALTER TABLE environments ADD COLUMN repeats INTEGER DEFAULT 1;

-- One row per (run, instance_digest) that was prepared at all: which environment the run uses, and
-- why its sandbox: asked, default, no_engine, or none where nothing runs.
CREATE TABLE run_environments (
    run_id VARCHAR NOT NULL,
    instance_digest VARCHAR NOT NULL,
    recipe_digest VARCHAR NOT NULL,
    sandbox VARCHAR NOT NULL,
    because VARCHAR NOT NULL,
    chosen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, instance_digest)
);

-- Until now every run used the newest environment of each of its instances.
INSERT INTO run_environments
SELECT i.run_id, i.instance_digest, n.recipe_digest, n.sandbox, 'default', n.prepared_at
FROM (SELECT DISTINCT run_id, instance_digest FROM run_items) i
JOIN (
    SELECT * FROM environments
    QUALIFY row_number() OVER (
        PARTITION BY instance_digest ORDER BY prepared_at DESC, recipe_digest
    ) = 1
) n USING (instance_digest);

UPDATE evidence SET recipe_digest = p.recipe_digest
FROM rollouts r
JOIN run_environments p ON p.run_id = r.run_id AND p.instance_digest = r.instance_digest
WHERE r.rollout_id = evidence.rollout_id;
