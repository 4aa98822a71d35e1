-- One row per (instance, finding) of dataset version $version; leaks before warnings.
SELECT instance_id, instance_digest, severity, code, field, words, detail
FROM core.lint_findings
WHERE dataset_version = $version
ORDER BY severity = 'warning', instance_id, field, code, words, detail
