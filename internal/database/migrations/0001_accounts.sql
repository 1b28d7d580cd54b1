-- +goose Up
-- Times are microseconds since 1970 UTC. An edition counts changes, for If-Match.
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
