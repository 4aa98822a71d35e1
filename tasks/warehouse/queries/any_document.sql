-- One row per source that has a document at all, if it is this one.
SELECT source FROM raw.documents WHERE source = $source LIMIT 1;
