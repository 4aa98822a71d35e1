-- One row per home: the position before which everything had landed by a moment.
SELECT coalesce(min(d.rowid), (SELECT coalesce(max(rowid), -1) + 1 FROM raw.documents)) AS position
FROM raw.documents d
JOIN raw.fetches f USING (fetch_id)
WHERE f.finished_at > $moment;
