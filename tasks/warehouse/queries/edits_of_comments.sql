-- One row per wanted comment whose edits were read. Needs wanted_comments (node_id).
SELECT
    'github.comment_edits' AS kind,
    node_id AS external_id,
    fetched_at,
    content_sha256,
    payload
FROM core.staging.comment_edits
SEMI JOIN wanted_comments USING (node_id);
