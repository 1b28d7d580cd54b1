-- +goose Up
-- The day of a focus group, and what it cost.

-- Somebody who came without having been asked, and was let in: the invitation is made at the door.
ALTER TABLE invitations ADD COLUMN walk_in BOOLEAN NOT NULL DEFAULT FALSE;

-- What participants of a study get beside the incentive for coming, and whether who came late gets the incentive.
ALTER TABLE studies ADD COLUMN travel BIGINT NOT NULL DEFAULT 0 CHECK (travel >= 0);
ALTER TABLE studies ADD COLUMN pay_late BOOLEAN NOT NULL DEFAULT TRUE;

-- Who paid a cost or undid its payment, when and why; append-only. A line that has any is never deleted.
CREATE TABLE cost_payments (
    id      TEXT PRIMARY KEY,
    cost_id TEXT NOT NULL REFERENCES costs (id),
    at      BIGINT NOT NULL,
    by_id   TEXT NOT NULL REFERENCES users (id),
    paid    BOOLEAN NOT NULL,                -- false: the payment was undone
    reason  TEXT NOT NULL                    -- why it was undone; empty of a payment
);
CREATE INDEX cost_payments_cost ON cost_payments (cost_id, id);
