-- One row per instance of the fates, with what a selection goes by; words only where one reads them.
SELECT
    f.candidate_id,
    f.variant,
    f.instance_id,
    f.price_cents,
    f.facts,
    f.findings,
    t.repository,
    t.base,
    t.as_of,
    t.prices,
    json_extract_string(t.body, '$.reference.fix_commit') AS fix_commit,
    CASE WHEN $words THEN concat_ws(chr(10), t.title, json_extract_string(t.body, '$.statement'))
    END AS words
FROM fates f
JOIN core.task_instances t USING (instance_digest)
ORDER BY f.instance_id;
