-- +goose Up
-- The organisation's logo as reports draw it: a PNG of 8 bits, not interlaced, without alpha. BYTEA is PostgreSQL's
-- word for bytes; SQLite keeps them under any.
CREATE TABLE logo (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    hash  TEXT NOT NULL,                     -- SHA-256 of image, lower-case hex
    image BYTEA NOT NULL
);

-- When positions, photo times and moments of an evaluation were purged; NULL while it has any. A revision that comes
-- after a purge brings new ones.
ALTER TABLE evaluations ADD COLUMN claims_purged_at BIGINT;
CREATE INDEX evaluations_claims ON evaluations (approved_at) WHERE claims_purged_at IS NULL AND approved_at IS NOT NULL;

-- How many things of its kind an entry without a subject is about; else 0.
ALTER TABLE audit ADD COLUMN subjects BIGINT NOT NULL DEFAULT 0;
