-- One row per bounty event that is stored twice: in the ledger all share, or in a dataset's own.
-- reads: core
SELECT dataset, event_id FROM core.bounty_events GROUP BY ALL HAVING count(*) > 1;
