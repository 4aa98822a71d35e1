-- One row per task of the runs, with its price under the rule.
SELECT instance_digest, instance_id, title, variant, repository, prices[$rule] AS price_cents, raises
FROM marts.task_facts
SEMI JOIN (SELECT instance_digest FROM eval.run_items WHERE run_id IN $runs) USING (instance_digest)
ORDER BY instance_id, instance_digest;
