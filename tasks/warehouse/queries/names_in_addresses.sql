-- One row per name that a staged address gives a repository other than its own.
SELECT DISTINCT called, repository
FROM (
    SELECT array_to_string(string_split(url, '/')[-4:-3], '/') AS called, repository
    FROM core.staging.issues
    UNION ALL
    SELECT array_to_string(string_split(url, '/')[-4:-3], '/'), repository
    FROM core.staging.pulls
)
WHERE called <> repository AND called LIKE '%/%'
ORDER BY ALL;
