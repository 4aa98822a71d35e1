-- One row per staged posting: what it says.
SELECT posting_id, title, description FROM core.staging.postings ORDER BY posting_id;
