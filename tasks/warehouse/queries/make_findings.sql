-- One row per finding of the leak linter in an instance of the fates.
CREATE OR REPLACE TEMP TABLE findings AS
SELECT unnest(
    from_json(
        findings,
        '[{"instance_id": "VARCHAR", "instance_digest": "VARCHAR", "code": "VARCHAR",
           "severity": "VARCHAR", "field": "VARCHAR", "words": "VARCHAR", "detail": "VARCHAR"}]'
    ),
    recursive := true
)
FROM fates
WHERE findings IS NOT NULL;
