-- One row per (variant, reason): candidates that became no task, the most frequent first.
SELECT variant, reason, sum(candidates)::BIGINT AS candidates
FROM marts.coverage
WHERE dataset_version IN $versions AND reason <> 'instance'
GROUP BY ALL
ORDER BY candidates DESC, variant, reason;
