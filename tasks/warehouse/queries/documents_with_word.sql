-- One row per copy between two positions whose payload holds a word (lower case).
SELECT external_id, fetched_at, payload
FROM raw.documents
WHERE rowid >= $first AND rowid < $beyond AND source = $source AND kind = $kind
    AND list_contains($repositories, split_part(external_id, '#', 1))
    AND contains(lower(payload), $word)
ORDER BY rowid;
