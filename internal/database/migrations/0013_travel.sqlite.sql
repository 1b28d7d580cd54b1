-- +goose Up
-- Kept free for the moderator and the assistants before and after a session.
ALTER TABLE focus_groups ADD COLUMN travel_minutes BIGINT NOT NULL DEFAULT 30 CHECK (travel_minutes >= 0);
