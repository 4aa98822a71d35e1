-- One row per job of the market place that no staged issue links by any of its names.
SELECT j.body
FROM core.staging.jobs j
ANTI JOIN core.staging.job_links l
    ON l.job IN (j.job, j.ciphertext) OR l.ciphertext = j.ciphertext
ORDER BY j.job;
