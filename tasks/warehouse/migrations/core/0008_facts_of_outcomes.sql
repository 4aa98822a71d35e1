-- What is known of a task beside the task itself (dates, labels, raises, proposals, size of the
-- patch, evidence for the acceptance), as JSON: what filters go by. Null for a rejection.
ALTER TABLE outcomes ADD COLUMN facts VARCHAR;
