-- One row per call: how many texts matching compares, and hashes that their order does not change.
SELECT concat_ws(' ', p.postings, p.texts, i.issues, i.texts) AS texts
FROM (
    SELECT count(*) AS postings, bit_xor(hash(posting_id, title, description)) AS texts
    FROM core.staging.postings
) p
CROSS JOIN (
    SELECT count(*) AS issues, bit_xor(hash(issue, title, body)) AS texts
    FROM core.staging.issues
    SEMI JOIN (
        SELECT issue FROM core.bounty_events WHERE superseded_by IS NULL AND kind <> 'paid'
    ) USING (issue)
) i;
