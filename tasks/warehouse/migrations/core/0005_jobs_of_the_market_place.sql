-- One row per (issue, job): a job that a body of the issue links. job is its number, or its
-- ciphertext where no text gives the number. Empty until the next build stages the issues again.
CREATE TABLE staging.job_links (
    issue VARCHAR NOT NULL,
    job VARCHAR NOT NULL,
    ciphertext VARCHAR,
    linked_at TIMESTAMPTZ NOT NULL
);

-- One row per job of the market place: its names, and the whole of it as JSON.
CREATE TABLE staging.jobs (
    job VARCHAR NOT NULL,
    ciphertext VARCHAR,
    status VARCHAR,
    body VARCHAR NOT NULL
);
