-- +goose Up
-- A hold is never moved, only let go and taken anew: an INSERT … ON CONFLICT DO NOTHING leaves out what overlaps.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE holds ADD CONSTRAINT holds_overlap
    EXCLUDE USING gist (kind WITH =, subject_id WITH =, int8range(from_at, until_at) WITH &&);
