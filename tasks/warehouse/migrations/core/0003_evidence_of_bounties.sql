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

-- One row per (dataset_version, instance_id, finding): what a leak linter found in an instance.
CREATE TABLE lint_findings (
    dataset_version VARCHAR NOT NULL,
    instance_id VARCHAR NOT NULL,
    instance_digest VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    words VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);

-- One row per document that staging and the ledgers were read from, in the copy that was read.
-- rules is the digest of the rules it was read by: what was read by other rules is read again.
CREATE TABLE staging.read_documents (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    external_id VARCHAR NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    rules VARCHAR NOT NULL
);

-- Whose edits a document of comment edits holds, and the repository's name in its own addresses.
ALTER TABLE staging.comments ADD COLUMN node_id VARCHAR;
ALTER TABLE staging.comments ADD COLUMN minimized BOOLEAN;

-- One row per (dataset, candidate_id, variant): the newest build's outcome, and what it rests on.
-- inputs is the digest of the specification and of all that the outcome was made from.
CREATE TABLE outcomes (
    dataset VARCHAR NOT NULL,
    candidate_id VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    inputs VARCHAR NOT NULL,
    instance_digest VARCHAR,
    reason VARCHAR,
    detail VARCHAR,
    origin VARCHAR,
    price_cents BIGINT
);
