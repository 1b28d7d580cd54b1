-- +goose Up
-- The voucher of a cost: a photo, or a PDF as it came. The file bears the id. One that was replaced or taken away after
-- the cost was once paid has an end and stays, for the books; there is one at most without an end.
CREATE TABLE receipts (
    id            TEXT PRIMARY KEY,
    cost_id       TEXT NOT NULL REFERENCES costs (id),
    kind          TEXT NOT NULL CHECK (kind IN ('photo', 'pdf')),
    uploaded_hash TEXT NOT NULL,             -- SHA-256 of the upload
    stored_hash   TEXT NOT NULL,             -- SHA-256 of the file
    bytes         BIGINT NOT NULL,           -- of the file
    added_at      BIGINT NOT NULL,
    added_by      TEXT NOT NULL REFERENCES users (id),
    ended_at      BIGINT
);
CREATE UNIQUE INDEX receipts_standing ON receipts (cost_id) WHERE ended_at IS NULL;
CREATE INDEX receipts_cost ON receipts (cost_id, id);
