-- +goose Up
-- The coordinator who handed a revision in from a file of its shopper's; NULL where the shopper sent it.
ALTER TABLE revisions ADD COLUMN handed_in_by TEXT REFERENCES users (id);
