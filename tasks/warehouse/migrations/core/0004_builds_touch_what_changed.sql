-- One row per document that staging and the ledgers were read from, in the copy that was read.
-- rules is the digest of the rules it was read by: what was read by other rules is read again.
-- malformed says why it cannot be read, null where it can.
CREATE TABLE staging.read_documents (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    external_id VARCHAR NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    rules VARCHAR NOT NULL,
    malformed VARCHAR
);

-- One row per document of a comment's edits, verbatim: a few are wanted at a time, and raw unpacks
-- 2,048 payloads, whole issues among them, for each.
CREATE TABLE staging.comment_edits (
    node_id VARCHAR NOT NULL,
    fetched_at TIMESTAMPTZ NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    payload VARCHAR NOT NULL
);

-- All parents of the merge commit, with which a row says all that the document says, and the pull
-- requests that it takes back; null until the next build stages it again.
ALTER TABLE staging.pulls ADD COLUMN parents VARCHAR[];
ALTER TABLE staging.pulls ADD COLUMN reverts VARCHAR[];

-- One row per (dataset, candidate_id, variant): the newest build's outcome, and what it rests on.
-- inputs is the digest of the specification and of all that the outcome was made from besides its
-- documents; findings is what the leak linter found in its instance (JSON, null for nothing).
CREATE TABLE outcomes (
    dataset VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    candidate_id VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    inputs VARCHAR NOT NULL,
    instance_digest VARCHAR,
    reason VARCHAR,
    detail VARCHAR,
    origin VARCHAR,
    price_cents BIGINT,
    findings VARCHAR
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
