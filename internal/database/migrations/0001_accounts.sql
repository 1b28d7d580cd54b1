-- +goose Up
-- Times are microseconds since 1970 UTC. An edition counts changes, for If-Match. Secrets are kept as SHA-256 only.
CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,      -- folded to lower case
    name          TEXT NOT NULL,
    folded        TEXT NOT NULL,             -- name and email as people search them
    language      TEXT NOT NULL,
    roles         BIGINT NOT NULL CHECK (roles > 0 AND roles < 32 AND (roles & 3) <> 3), -- 1 shopper, 2 manager, 4 moderator, 8 coordinator, 16 admin
    password_hash TEXT NOT NULL,             -- argon2id; empty until the new-user link is used
    disabled_at   BIGINT,
    created_at    BIGINT NOT NULL,
    edition       BIGINT NOT NULL
);
CREATE INDEX users_folded ON users (folded, id);

-- A session is a family of refresh tokens: each is spent for the next.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    started_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,              -- when a refresh token was last spent
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT,
    generation BIGINT NOT NULL,              -- of the newest refresh token that was spent; 0 before the first
    spent_hash TEXT NOT NULL                 -- that token's; empty before the first
);
CREATE INDEX sessions_user ON sessions (user_id, started_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- A row never changes; that it was spent stands in its session.
CREATE TABLE refresh_tokens (
    hash       TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL CHECK (generation > 0),
    expires_at BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- Mailed links. A new one takes the place of an older one of the same purpose; a used one goes.
CREATE TABLE links (
    user_id    TEXT NOT NULL REFERENCES users (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('new-user', 'password-reset')),
    hash       TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, purpose)
);

-- What is left of the attempts that an account, an address, or the two together may make. The key is a keyed hash.
-- A row whose time has come says the same as no row.
CREATE TABLE budgets (
    key      TEXT PRIMARY KEY,
    whole_at BIGINT NOT NULL
);
CREATE INDEX budgets_whole ON budgets (whole_at);

-- The addresses from which a user has signed in, as a keyed hash of account and address.
CREATE TABLE known_addresses (
    pair    TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    seen_at BIGINT NOT NULL
);
CREATE INDEX known_addresses_seen ON known_addresses (seen_at);

-- Who did what to what: ids, actions and names of fields, never values. Append-only: no statement updates a row, and
-- only the purge after the time of keeping deletes any. Without an actor it was the clock, or the command line.
CREATE TABLE audit (
    id       TEXT PRIMARY KEY,
    at       BIGINT NOT NULL,
    actor_id TEXT REFERENCES users (id),
    action   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    fields   TEXT NOT NULL                   -- JSON list
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_subject ON audit (subject, at, id);
CREATE INDEX audit_actor ON audit (actor_id, at, id);
CREATE INDEX audit_kind ON audit (kind, at, id);
