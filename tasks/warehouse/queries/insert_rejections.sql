-- One row per fate that is a rejection, for a version.
INSERT INTO core.rejections BY NAME
SELECT $version AS dataset_version, candidate_id, variant, reason, detail, origin, price_cents
FROM fates
WHERE reason IS NOT NULL;
