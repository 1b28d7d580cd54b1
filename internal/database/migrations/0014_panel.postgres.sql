-- +goose Up
-- The panel is listed and searched in the order of folded, which has at most 2,000 bytes so that an index holds it.
-- facets are the tags and the values of attributes as they are filtered by, folded, a line each.
ALTER TABLE participants ADD COLUMN facets TEXT NOT NULL DEFAULT '';
ALTER TABLE participants ADD COLUMN erased_by TEXT REFERENCES users (id);
ALTER TABLE participants ADD COLUMN erased_reason TEXT NOT NULL DEFAULT '';
DROP INDEX participants_name;
-- Sorted by bytes, as the other database sorts text.
ALTER TABLE participants ALTER COLUMN folded TYPE TEXT COLLATE "C";
ALTER TABLE attributes ALTER COLUMN name TYPE TEXT COLLATE "C";
CREATE INDEX participants_folded ON participants (folded, id) WHERE erased_at IS NULL;
