-- One row per build that stored a version: what it came to, the dataset's version before, and what
-- the outcomes rest on besides documents. Documents at positions of raw before raw_first were read,
-- those from raw_end on were not; those between landed while the build ran. rules is the digest of
-- the code that decides, rates that of the exchange rates, null for datasets of issues; overrides,
-- overlays (digests), mirrors (digests) and libraries are JSON.
-- Nothing of builds before this is known but what core.dataset_versions says.
CREATE TABLE builds (
    dataset VARCHAR NOT NULL,
    built_at TIMESTAMPTZ NOT NULL,
    dataset_version VARCHAR NOT NULL,
    previous_version VARCHAR,
    raw_first BIGINT NOT NULL,
    raw_end BIGINT NOT NULL,
    rules VARCHAR NOT NULL,
    overrides VARCHAR NOT NULL,
    overlays VARCHAR NOT NULL,
    mirrors VARCHAR NOT NULL,
    rates VARCHAR,
    code_version VARCHAR NOT NULL,
    libraries VARCHAR NOT NULL
);
