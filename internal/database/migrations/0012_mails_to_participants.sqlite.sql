-- +goose Up
-- A message goes to a user or to a participant: to_id is of one of two tables, which a foreign key cannot say. SQLite
-- drops a constraint only with its table.
CREATE TABLE mails_new (
    id         TEXT PRIMARY KEY,             -- UUIDv7, also that of its job
    template   TEXT NOT NULL,
    to_id      TEXT NOT NULL,                -- a user or a participant
    about      TEXT NOT NULL,                -- JSON: the ids that it is made from
    key        TEXT,                         -- a message of a template is queued once for it; NULL is any number of times
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'kept', 'failed', 'not needed')),
    send_at    BIGINT,                       -- not before; NULL is at once
    message_id TEXT NOT NULL,
    address    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    attempts   BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    at         BIGINT,                       -- when its state was last looked at: sent, refused, kept
    UNIQUE (template, key)
);
INSERT INTO mails_new (id, template, to_id, about, key, state, send_at, message_id, address, subject, body, attempts, last_error, at)
    SELECT id, template, to_id, about, key, state, send_at, message_id, address, subject, body, attempts, last_error, at FROM mails;
DROP TABLE mails;
ALTER TABLE mails_new RENAME TO mails;
CREATE INDEX mails_kept ON mails (at) WHERE body <> '' OR address <> '';
CREATE INDEX mails_to ON mails (to_id, id);
