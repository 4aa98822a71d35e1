-- One row per instance of the fates that the dataset leaves out; needs left_out with the reasons.
-- What the leak linter found stands only with what is in the version, and with what it rejected.
UPDATE fates SET
    instance_digest = NULL,
    instance_id = NULL,
    reason = l.reason,
    detail = l.detail,
    findings = CASE WHEN l.reason = 'leak' THEN fates.findings END
FROM left_out l
WHERE fates.candidate_id = l.candidate_id
    AND fates.variant = l.variant
    AND fates.reason IS NULL;
