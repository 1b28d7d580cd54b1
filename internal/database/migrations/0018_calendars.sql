-- +goose Up
-- Calendars that users and rooms have under a secret link: raising the generation revokes the link before.
ALTER TABLE users ADD COLUMN calendar_generation BIGINT NOT NULL DEFAULT 1;
ALTER TABLE rooms ADD COLUMN calendar_generation BIGINT NOT NULL DEFAULT 1;

-- When a scheduled focus group was cancelled. It is empty of one that was cancelled as a draft: that stood in no calendar.
ALTER TABLE focus_groups ADD COLUMN cancelled_at BIGINT;

CREATE INDEX focus_groups_room ON focus_groups (room_id, starts_at, id);
