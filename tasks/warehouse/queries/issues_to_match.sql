-- One row per staged issue that ever had a bounty: what it says.
SELECT issue, title, body
FROM core.staging.issues
SEMI JOIN (
    SELECT issue FROM core.bounty_events WHERE superseded_by IS NULL AND kind <> 'paid'
) USING (issue)
ORDER BY issue;
