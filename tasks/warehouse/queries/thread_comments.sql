-- One row per comment of the issue, with all its known texts, oldest first.
SELECT
    comment_id,
    any_value(url) AS url,
    any_value(author) AS author,
    any_value(association) AS association,
    any_value(created_at) AS created_at,
    any_value(node_id) AS node_id,
    bool_or(coalesce(minimized, false)) AS minimized,
    list({'since': version_since, 'text': body} ORDER BY version_since) AS versions
FROM staging.comments
WHERE issue = $issue
GROUP BY comment_id
ORDER BY min(created_at), comment_id;
