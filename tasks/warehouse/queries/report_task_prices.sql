-- One row per task that is named, one: its prices in cents, by rule.
SELECT prices FROM core.task_instances WHERE instance_digest = $digest;
