-- One row per issue of the runs' tasks whose bounty changed, the largest premium first.
SELECT issue, any_value(title) AS title, any_value(rungs) AS rungs, any_value(raises) AS raises,
    any_value(days_to_first_raise) AS days_to_first_raise,
    any_value(rungs[1]) AS initial_cents, any_value(rungs[-1]) AS final_cents,
    any_value(rungs[-1] - rungs[1]) AS premium_cents
FROM marts.task_facts
SEMI JOIN (SELECT instance_digest FROM eval.run_items WHERE run_id IN $runs) USING (instance_digest)
WHERE len(rungs) > 1
GROUP BY issue
ORDER BY premium_cents DESC, issue
LIMIT 25;
