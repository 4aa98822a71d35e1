-- One row per dataset version with this digest.
SELECT dataset, dataset_version, specification, price_rule, candidates, instances
FROM core.dataset_versions
WHERE dataset_version = $version;
