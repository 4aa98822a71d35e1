-- One row per instance_digest that was validated at all: what is done before a fault, then the
-- container before the process, then the newest. What others published validates nothing here.
CREATE VIEW marts.validations AS
SELECT * FROM eval.environments
WHERE sandbox <> 'published'
QUALIFY row_number() OVER (
    PARTITION BY instance_digest
    ORDER BY status <> 'done', sandbox <> 'docker', prepared_at DESC, recipe_digest
) = 1;
