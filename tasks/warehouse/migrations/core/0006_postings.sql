-- Postings as files publish them: what a file has beside the band, and the middle of the band in US
-- dollars by the rates of the dataset that was built last. No version before wrote these tables.
ALTER TABLE staging.postings ADD COLUMN market VARCHAR;
ALTER TABLE staging.postings ADD COLUMN posted_at TIMESTAMPTZ;
ALTER TABLE staging.postings ADD COLUMN bid_count BIGINT;
ALTER TABLE staging.postings ADD COLUMN average_bid_cents BIGINT;
ALTER TABLE staging.postings ADD COLUMN awarded_bid_cents BIGINT;
ALTER TABLE staging.postings ADD COLUMN band_mid_usd_cents BIGINT;

-- One row per dataset_version: what its card says beside counts and prices, as JSON.
CREATE TABLE dataset_facts (
    dataset_version VARCHAR PRIMARY KEY,
    facts VARCHAR NOT NULL
);

-- One row: what the matches of postings and issues rest on.
CREATE TABLE matching (
    inputs VARCHAR NOT NULL,
    method VARCHAR NOT NULL
);
