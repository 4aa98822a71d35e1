-- One row per posting or bid that is staged twice.
-- reads: core
SELECT 'postings' AS staged, posting_id AS natural_key
FROM staging.postings GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'bids', posting_id || ' ' || bid_id FROM staging.bids GROUP BY ALL HAVING count(*) > 1;
