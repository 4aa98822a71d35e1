-- One row per instance_digest: what metrics are sliced by. Money in cents.
-- Read off the frozen task: its cluster (the issue, or the family of programs), the ladder in
-- numbers (rungs without withdrawals; raises is null where the ladder is undated), the lines that
-- the gold patch changes. Labels and the merge of the fix are those that are staged.
CREATE VIEW marts.task_facts AS
WITH bodies AS (
    SELECT
        instance_digest, instance_id, variant, repository, issue, title, prices,
        json_extract_string(body, [
            '$.ladder', '$.reference.gold_patch', '$.reference.fix_commit',
            '$.reference.coding.family', '$.environment.kind'
        ]) AS parts
    FROM core.task_instances
),
ladders AS (
    SELECT * EXCLUDE (parts),
        from_json(
            coalesce(parts[1], '[]'),
            '[{"occurred_at": "TIMESTAMPTZ", "kind": "VARCHAR", "amount_cents": "BIGINT"}]'
        ) AS ladder,
        parts[2] AS gold_patch,
        parts[3] AS fix_commit,
        parts[4] AS family,
        coalesce(parts[5], 'none') AS environment_kind
    FROM bodies
),
merged AS (
    SELECT issue, max(merged_at) AS merged_at
    FROM (SELECT unnest(fixes) AS issue, merged_at FROM core.staging.pulls)
    GROUP BY issue
),
commits AS (
    SELECT merge_commit, max(merged_at) AS merged_at
    FROM core.staging.pulls WHERE merge_commit IS NOT NULL GROUP BY merge_commit
),
labels AS (SELECT issue, any_value(labels) AS labels FROM core.staging.issues GROUP BY issue)
SELECT
    l.instance_digest,
    l.instance_id,
    l.variant,
    l.repository,
    l.issue,
    l.title,
    l.prices,
    coalesce('family ' || l.family, l.issue) AS cluster,
    l.family,
    i.labels,
    [r.amount_cents FOR r IN l.ladder IF r.amount_cents > 0] AS rungs,
    CASE WHEN l.ladder[1].occurred_at IS NOT NULL
        THEN len([r FOR r IN l.ladder IF r.kind = 'raised']) END AS raises,
    date_diff(
        'second', l.ladder[1].occurred_at, [r FOR r IN l.ladder IF r.kind = 'raised'][1].occurred_at
    ) / 86400.0 AS days_to_first_raise,
    l.ladder[1].occurred_at AS first_posted_at,
    -- Lines that begin with + or -, without the two of each file's header.
    len(string_split(l.gold_patch, chr(10) || '+')) + len(string_split(l.gold_patch, chr(10) || '-'))
        - 2 * len(string_split(l.gold_patch, chr(10) || '+++ b/'))
        - 2 * len(string_split(l.gold_patch, chr(10) || '+++ /dev/null')) + 2 AS patch_lines,
    coalesce(c.merged_at, m.merged_at) AS merged_at,
    l.environment_kind IN ('tests', 'programs') AS asks_cases
FROM ladders l
LEFT JOIN merged m ON m.issue = l.issue
LEFT JOIN commits c ON c.merge_commit = l.fix_commit
LEFT JOIN labels i ON i.issue = l.issue;
