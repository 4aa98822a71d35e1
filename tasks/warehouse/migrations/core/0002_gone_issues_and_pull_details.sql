-- What became of an issue that can no longer be read at its source: deleted, transferred or
-- unavailable; null for every other one. Rows staged before this stay null until the next build.
ALTER TABLE staging.issues ADD COLUMN gone VARCHAR;

-- What a pull request's document says besides; null until the next build stages it again.
ALTER TABLE staging.pulls ADD COLUMN body VARCHAR;
ALTER TABLE staging.pulls ADD COLUMN closed_at TIMESTAMPTZ;
ALTER TABLE staging.pulls ADD COLUMN base_branch VARCHAR;
ALTER TABLE staging.pulls ADD COLUMN head_commit VARCHAR;
ALTER TABLE staging.pulls ADD COLUMN changed_files BIGINT;
ALTER TABLE staging.pulls ADD COLUMN additions BIGINT;
ALTER TABLE staging.pulls ADD COLUMN deletions BIGINT;
ALTER TABLE staging.pulls ADD COLUMN closes VARCHAR[];
