-- One row per finding, for a version.
INSERT INTO core.lint_findings BY NAME SELECT $version AS dataset_version, * FROM findings;
