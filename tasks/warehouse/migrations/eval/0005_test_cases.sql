-- How many test cases a report holds and how many of them passed, as tasks/domain/cases.py counts
-- them; null where no report came back. Reports can hold thousands: they are read once.
ALTER TABLE evidence ADD COLUMN cases_total INTEGER;
ALTER TABLE evidence ADD COLUMN cases_passed INTEGER;

-- A test that was placed at grading is known by the end of its name, brackets behind it aside.
UPDATE evidence SET cases_total = counted.total, cases_passed = counted.passed
FROM (
    SELECT rollout_id, take, trial,
        count(name) FILTER (result <> 'skipped' OR failure IS NOT NULL) AS total,
        count(name) FILTER (result = 'passed') AS passed
    FROM (
        SELECT rollout_id, take, trial, failure, sentinels, result, name,
            split_part(split_part(name, ' (', 1), ' [', 1) AS whole
        FROM (
            SELECT rollout_id, take, trial, failure,
                coalesce(json_keys(facts, '$.sentinels'), []) AS sentinels,
                unnest(map_keys(cases)) AS name,
                unnest(map_values(cases)) AS result
            FROM (
                SELECT *, from_json(report, '"MAP(VARCHAR, VARCHAR)"') AS cases
                FROM evidence WHERE report IS NOT NULL
            )
        )
    )
    WHERE NOT coalesce(list_bool_or([
        ends_with(whole, s) AND NOT regexp_matches(left(whole, length(whole) - length(s)), '[\pL\pN_]$')
        FOR s IN sentinels
    ]), false)
    GROUP BY rollout_id, take, trial
) counted
WHERE counted.rollout_id = evidence.rollout_id AND counted.take = evidence.take
    AND counted.trial = evidence.trial;

-- A report of no tests, or of none but those.
UPDATE evidence SET cases_total = 0, cases_passed = 0
WHERE report IS NOT NULL AND cases_total IS NULL;
