-- Payments say whom they went to; a ledger that was corrected by hand stands beside the one that
-- the documents alone give, under the dataset whose overrides.yaml corrects it (null: no dataset).
ALTER TABLE bounty_events ADD COLUMN dataset VARCHAR;
ALTER TABLE bounty_events ADD COLUMN role VARCHAR;
ALTER TABLE bounty_events ADD COLUMN person VARCHAR;

-- One row per piece of evidence that changed no price, with how it was read; event_id names the
-- bounty event it confirms, if any. reading is request, denial, review_fee, reporter_bonus, ...
CREATE TABLE bounty_observations (
    observation_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    dataset VARCHAR,
    issue VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ,
    reading VARCHAR NOT NULL,
    amount_cents BIGINT,
    currency VARCHAR NOT NULL,
    source_kind VARCHAR NOT NULL,
    actor VARCHAR,
    document_id VARCHAR NOT NULL,
    url VARCHAR,
    words VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    event_id VARCHAR,
    reason VARCHAR
);

-- The source's other name of a comment, which its edits are stored under, and whether it is hidden.
ALTER TABLE staging.comments ADD COLUMN node_id VARCHAR;
ALTER TABLE staging.comments ADD COLUMN minimized BOOLEAN;
