-- +goose Up
-- Kept free for the moderator and the assistants before and after a session.
ALTER TABLE focus_groups ADD COLUMN travel_minutes BIGINT NOT NULL DEFAULT 30 CHECK (travel_minutes >= 0);

-- Sorted by bytes, as the other database sorts text.
ALTER TABLE venues ALTER COLUMN name TYPE TEXT COLLATE "C", ALTER COLUMN folded TYPE TEXT COLLATE "C";
ALTER TABLE rooms ALTER COLUMN name TYPE TEXT COLLATE "C";
ALTER TABLE studies ALTER COLUMN folded TYPE TEXT COLLATE "C";
