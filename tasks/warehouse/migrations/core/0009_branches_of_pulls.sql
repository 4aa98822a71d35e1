-- The branch that a pull request came from: whoever reads its name knows the fix.
ALTER TABLE staging.pulls ADD COLUMN head_branch VARCHAR;
