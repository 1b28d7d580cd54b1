-- +goose Up
-- A manager's own choice: one mail a month about the branches they manage.
ALTER TABLE users ADD COLUMN monthly_digest BOOLEAN NOT NULL DEFAULT FALSE;
