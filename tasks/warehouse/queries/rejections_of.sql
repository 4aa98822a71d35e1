-- One row per rejection in a version of the wanted candidates, unreadable ones among them.
-- Needs wanted_candidates (candidate_id).
SELECT candidate_id, variant, reason, detail
FROM core.rejections
SEMI JOIN wanted_candidates USING (candidate_id)
WHERE dataset_version = $version
ORDER BY ALL;
