-- One row per stream: its cursor after the newest commit that moved it; none for a new stream.
SELECT cursor
FROM raw.fetches
WHERE source = $source AND stream = $stream AND cursor IS NOT NULL
ORDER BY rowid DESC
LIMIT 1;
