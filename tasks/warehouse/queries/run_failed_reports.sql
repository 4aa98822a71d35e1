-- One row per verdict of the run whose report may tell of a regression: tests that failed, beside
-- what was expected of them. Apart from run_engagements, which would carry every report along.
SELECT s.verdict_id, s.report, s.expectation
FROM marts.run_state s
WHERE s.run_id = $run_id AND s.outcome = 'unresolved' AND s.reason = 'tests_failed'
    AND s.report IS NOT NULL AND s.expectation IS NOT NULL;
