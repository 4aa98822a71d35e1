-- One row per issue, read before, that links one of the jobs that were read now by any of its names.
-- Needs named_jobs (name).
SELECT DISTINCT r.external_id AS issue
FROM core.staging.read_documents r
JOIN core.staging.job_links l ON l.issue = r.external_id
WHERE r.source = $source AND r.kind = 'github.issue'
    AND (l.job IN (SELECT name FROM named_jobs) OR l.ciphertext IN (SELECT name FROM named_jobs))
ORDER BY issue;
