-- +goose Up
-- Who raised an action: the user who added it, who is told how it ended. Of those of before, as far as the audit trail knows.
ALTER TABLE actions ADD COLUMN raised_by TEXT REFERENCES users (id);
UPDATE actions SET raised_by = (SELECT MIN(t.actor_id) FROM audit t JOIN users u ON u.id = t.actor_id
    WHERE t.kind = 'action' AND t.action = 'add' AND t.subject = actions.id);
