-- +goose Up
-- A message goes to a user or to a participant: to_id is of one of two tables, which a foreign key cannot say.
ALTER TABLE mails DROP CONSTRAINT mails_to_id_fkey;
CREATE INDEX mails_to ON mails (to_id, id);
