-- Solve's side of an engagement: why the offer was turned down, what the client was asked (a JSON
-- list of text and quoted comments), and how long was worked by the deadline's clock.
ALTER TABLE rollouts ADD COLUMN declined VARCHAR;
ALTER TABLE rollouts ADD COLUMN questions VARCHAR;
ALTER TABLE rollouts ADD COLUMN worked_s DOUBLE;

-- One row per (verdict, price rule, terms): score's side of an engagement.
CREATE TABLE settlements (
    verdict_id VARCHAR NOT NULL,
    price_rule VARCHAR NOT NULL,
    terms VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    approved BOOLEAN NOT NULL,
    invoiced_cents BIGINT NOT NULL,
    paid_cents BIGINT NOT NULL,
    because VARCHAR NOT NULL,
    settled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (verdict_id, price_rule, terms)
);

-- One row per finished rollout and settlement of it: both sides of the engagement. What is not
-- settled has one row without a settlement.
CREATE VIEW engagements AS
SELECT
    r.run_id,
    r.instance_id,
    r.attempt,
    r.take,
    r.rollout_id,
    s.verdict_id,
    s.price_rule,
    s.terms,
    r.started_at AS offered_at,
    r.finish_reason IS DISTINCT FROM 'declined' AS accepted,
    r.declined AS decline_reason,
    r.submission NOT IN ('{}', '{"model_patch":""}') AS delivered,
    s.approved,
    s.invoiced_cents,
    s.paid_cents,
    s.because,
    coalesce(json_array_length(r.questions), 0) AS questions,
    r.questions AS asked,
    r.worked_s,
    r.finished_at
FROM rollouts r
LEFT JOIN (
    SELECT v.rollout_id, n.* FROM settlements n JOIN verdicts v USING (verdict_id)
) s ON s.rollout_id = r.rollout_id
WHERE r.status = 'done';
