-- One row per (skill, month) of the market, those with most bounties first.
SELECT skill, month, bounties, median_bounty_cents, postings, median_budget_cents,
    all_postings, all_median_budget_cents
FROM marts.market
ORDER BY bounties DESC, postings DESC, skill, month
LIMIT 25;
