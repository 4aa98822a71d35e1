-- One row per pull request that may be the fix of an issue: that of the commit first, then those
-- that name the issue as fixed, the last to be merged first.
SELECT * FROM staging.pulls
WHERE merge_commit = $commit OR list_contains(fixes, $issue)
ORDER BY merge_commit IS NOT DISTINCT FROM $commit DESC, merged_at DESC NULLS LAST, number;
