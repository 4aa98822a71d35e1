-- One row per wanted environment that there is.
-- Needs wanted_digests(instance_digest).
SELECT n.*, t.variant
FROM eval.environments n
JOIN core.task_instances t USING (instance_digest)
SEMI JOIN wanted_digests w USING (instance_digest)
ORDER BY n.instance_id;
