-- +goose Up
-- A score to reach by a day: of one branch, or of our branches of a region. There is one for each of them, checklist and day.
CREATE TABLE targets (
    id           TEXT PRIMARY KEY,           -- UUIDv4: a manager meets it
    branch_id    TEXT REFERENCES branches (id),
    region       TEXT NOT NULL,              -- empty where a branch is named
    checklist_id TEXT NOT NULL REFERENCES checklists (id),
    score        BIGINT NOT NULL CHECK (score BETWEEN 1 AND 10000), -- basis points
    day          TEXT NOT NULL,              -- by which it is to be reached
    why          TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    edition      BIGINT NOT NULL,
    CHECK ((branch_id IS NULL) = (region <> ''))
);
CREATE UNIQUE INDEX targets_branch ON targets (branch_id, checklist_id, day) WHERE branch_id IS NOT NULL;
CREATE UNIQUE INDEX targets_region ON targets (region, checklist_id, day) WHERE branch_id IS NULL;
CREATE INDEX targets_day ON targets (day, id);
