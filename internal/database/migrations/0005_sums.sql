-- +goose Up
-- branch_sums rolled up, so that a report reads few rows however many evaluations the programme has. Both are kept in
-- the transaction that changes branch_sums, and follow a branch that changes its region or its side.

-- Of our branches only: the pooled spread needs each branch's own sums over whole months.
CREATE TABLE month_sums (
    checklist_id TEXT NOT NULL REFERENCES checklists (id),
    month        TEXT NOT NULL,              -- 2026-11
    branch_id    TEXT NOT NULL REFERENCES branches (id),
    n            BIGINT NOT NULL CHECK (n >= 0),
    total        BIGINT NOT NULL CHECK (total >= 0),
    squares      BIGINT NOT NULL CHECK (squares >= 0),
    PRIMARY KEY (checklist_id, month, branch_id)
);

-- A branch of ours is in two parts, the network and its region; a competitor's is in one, the competitors.
CREATE TABLE programme_sums (
    checklist_id TEXT NOT NULL REFERENCES checklists (id),
    part         TEXT NOT NULL,              -- "network", "competitors", or "region:" and its name
    day          TEXT NOT NULL,
    n            BIGINT NOT NULL CHECK (n >= 0),
    total        BIGINT NOT NULL CHECK (total >= 0),
    squares      BIGINT NOT NULL CHECK (squares >= 0),
    PRIMARY KEY (checklist_id, part, day)
);

INSERT INTO month_sums (checklist_id, month, branch_id, n, total, squares)
SELECT s.checklist_id, substr(s.day, 1, 7), s.branch_id, SUM(s.n), SUM(s.total), SUM(s.squares)
FROM branch_sums s JOIN branches b ON b.id = s.branch_id
WHERE NOT b.competitor
GROUP BY s.checklist_id, substr(s.day, 1, 7), s.branch_id;

INSERT INTO programme_sums (checklist_id, part, day, n, total, squares)
SELECT s.checklist_id, p.part, s.day, SUM(s.n), SUM(s.total), SUM(s.squares)
FROM branch_sums s
JOIN (SELECT id, 'network' AS part FROM branches WHERE NOT competitor
    UNION ALL SELECT id, 'region:' || region FROM branches WHERE NOT competitor
    UNION ALL SELECT id, 'competitors' FROM branches WHERE competitor) p ON p.id = s.branch_id
GROUP BY s.checklist_id, p.part, s.day;
