-- One row per bounty event that is stored twice in one dataset's ledger, or in the documents' own.
-- reads: core
SELECT dataset, event_id FROM core.bounty_events GROUP BY ALL HAVING count(*) > 1;
