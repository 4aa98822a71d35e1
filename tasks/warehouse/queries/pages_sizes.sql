-- One row per task of the runs: bytes of what was handed in, said and logged, in all takes.
SELECT instance_digest, sum(size)::BIGINT AS size
FROM (
    SELECT instance_digest, rollout_id,
        coalesce(strlen(submission), 0) + 6 * coalesce(octet_length(transcript), 0) AS size
    FROM eval.rollouts WHERE run_id IN (SELECT unnest($runs))
    UNION ALL
    SELECT r.instance_digest, r.rollout_id,
        coalesce(strlen(e.report), 0) + coalesce(strlen(e.log), 0)
    FROM eval.evidence e JOIN eval.rollouts r USING (run_id, rollout_id)
    WHERE e.run_id IN (SELECT unnest($runs))
)
GROUP BY instance_digest;
