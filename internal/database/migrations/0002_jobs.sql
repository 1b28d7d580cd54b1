-- +goose Up
-- Work that runs later, written in the transaction that asks for it.
CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    key         TEXT,                        -- one job of a kind has it, done or not, until the row goes; NULL for most
    payload     TEXT NOT NULL,               -- JSON: ids, never a secret or an address
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    run_at      BIGINT,                      -- not before; NULL is at once
    due_at      BIGINT NOT NULL,             -- it may be taken from then on; while somebody runs it, the end of their lease
    holder      TEXT NOT NULL,               -- the lease of whoever runs it, or empty
    attempts    BIGINT NOT NULL,
    last_error  TEXT NOT NULL,
    finished_at BIGINT,
    UNIQUE (kind, key)
);
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- A message and its fate. What it says is made when it is sent; a body is kept only where nothing can be sent.
CREATE TABLE mails (
    id         TEXT PRIMARY KEY,             -- UUIDv7, also that of its job
    template   TEXT NOT NULL,
    to_id      TEXT NOT NULL REFERENCES users (id),
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
CREATE INDEX mails_kept ON mails (at) WHERE body <> '' OR address <> '';
