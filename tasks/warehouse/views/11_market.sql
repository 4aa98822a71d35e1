-- One row per (skill, month): bounties beside what postings in like words offer, in US cents.
-- skill is a tag of the matched postings, in small letters, for each market place spells it in its
-- own way; month is that of an issue's first bounty (null: undated).
-- all_postings and all_median_budget_cents are those of the skill, matched or not. Budgets are the
-- middle of the band of fixed-price postings; what is paid by the hour is left out.
CREATE VIEW marts.market AS
WITH skills AS (
    SELECT DISTINCT posting_id, lower(trim(tag)) AS skill, budget_cents
    FROM (
        SELECT posting_id, unnest(tags) AS tag, band_mid_usd_cents AS budget_cents
        FROM core.staging.postings
        WHERE rate_type = 'fixed'
    )
    WHERE trim(tag) <> ''
),
bounties AS (
    SELECT issue, min(first_posted_at) AS first_posted_at, max(final_cents) AS final_cents
    FROM marts.escalation
    WHERE dataset IS NULL
    GROUP BY issue
),
matched AS (
    SELECT s.skill, date_trunc('month', b.first_posted_at) AS month, m.issue, m.posting_id,
        b.final_cents, s.budget_cents
    FROM core.market_matches m
    JOIN skills s USING (posting_id)
    LEFT JOIN bounties b USING (issue)
),
by_issue AS (SELECT DISTINCT skill, month, issue, final_cents FROM matched),
by_posting AS (SELECT DISTINCT skill, month, posting_id, budget_cents FROM matched),
of_skill AS (
    SELECT skill, count(*) AS all_postings, median(budget_cents) AS all_median_budget_cents
    FROM skills
    GROUP BY skill
)
SELECT i.skill, i.month, i.bounties, i.median_bounty_cents, p.postings, p.median_budget_cents,
    o.all_postings, o.all_median_budget_cents
FROM (
    SELECT skill, month, count(*) AS bounties, median(final_cents) AS median_bounty_cents
    FROM by_issue GROUP BY ALL
) i
JOIN (
    SELECT skill, month, count(*) AS postings, median(budget_cents) AS median_budget_cents
    FROM by_posting GROUP BY ALL
) p ON p.skill = i.skill AND p.month IS NOT DISTINCT FROM i.month
JOIN of_skill o ON o.skill = i.skill;
