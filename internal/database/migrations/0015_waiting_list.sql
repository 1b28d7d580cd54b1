-- +goose Up
-- Why somebody on a waiting list was offered a seat that fell free, or was passed over; append-only. The same reason is
-- not written down again while it holds.
CREATE TABLE seat_decisions (
    id            TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    at            BIGINT NOT NULL,
    offered       BOOLEAN NOT NULL,
    reason        TEXT NOT NULL
);
CREATE INDEX seat_decisions_invitation ON seat_decisions (invitation_id, id);

