-- +goose Up
-- What overlaps is left out, as the other database leaves it out on ON CONFLICT DO NOTHING: no row was inserted. A hold is
-- never moved, only let go and taken anew.
-- +goose StatementBegin
CREATE TRIGGER holds_overlap BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM holds h WHERE h.kind = NEW.kind AND h.subject_id = NEW.subject_id AND h.from_at < NEW.until_at AND h.until_at > NEW.from_at)
BEGIN SELECT RAISE(IGNORE); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holds_stay BEFORE UPDATE ON holds BEGIN SELECT RAISE(ABORT, 'a hold is let go and taken anew'); END;
-- +goose StatementEnd
