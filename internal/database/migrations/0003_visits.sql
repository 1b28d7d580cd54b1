-- +goose Up
-- The mystery-shopping half. Positions are millionths of a degree; money is minor units with its ISO 4217 code.
-- Things whose id the client chose, with the SHA-256 of what they were made from: so a lost answer can be asked again.
CREATE TABLE creations (
    id           TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL
);

CREATE TABLE settings (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    document TEXT NOT NULL,
    edition  BIGINT NOT NULL
);

CREATE TABLE branches (
    id          TEXT PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL,               -- code, name, address, region, brand as people search them
    address     TEXT NOT NULL,
    lat         BIGINT,
    lon         BIGINT,
    zone        TEXT NOT NULL,               -- IANA
    region      TEXT NOT NULL,
    brand       TEXT NOT NULL,
    competitor  BOOLEAN NOT NULL,
    archived_at BIGINT,
    created_at  BIGINT NOT NULL,
    edition     BIGINT NOT NULL,
    CHECK ((lat IS NULL) = (lon IS NULL))
);

CREATE TABLE branch_managers (
    branch_id TEXT NOT NULL REFERENCES branches (id),
    user_id   TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (branch_id, user_id)
);
CREATE INDEX branch_managers_user ON branch_managers (user_id);

CREATE TABLE checklists (
    id          TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    folded      TEXT NOT NULL,
    draft       TEXT NOT NULL,
    published   BIGINT NOT NULL,             -- the newest version's number; 0 before the first
    archived_at BIGINT,
    created_at  BIGINT NOT NULL,
    edition     BIGINT NOT NULL
);

-- A version never changes: there is no statement that updates this table.
CREATE TABLE checklist_versions (
    checklist_id TEXT NOT NULL REFERENCES checklists (id),
    number       BIGINT NOT NULL CHECK (number > 0),
    document     TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (checklist_id, number)
);

CREATE TABLE visits (
    id                TEXT PRIMARY KEY,
    branch_id         TEXT NOT NULL REFERENCES branches (id),
    checklist_id      TEXT NOT NULL,
    checklist_version BIGINT NOT NULL,
    shopper_id        TEXT REFERENCES users (id),
    state             TEXT NOT NULL CHECK (state IN ('planned', 'offered', 'accepted', 'declined', 'cancelled', 'expired', 'submitted', 'returned', 'approved', 'rejected')),
    opens             TEXT NOT NULL,         -- the branch's wall time, 2026-11-21T09:00
    closes            TEXT NOT NULL,
    zone              TEXT NOT NULL,         -- of the branch when it was planned
    opens_at          BIGINT NOT NULL,
    closes_at         BIGINT NOT NULL,
    deadline_minutes  BIGINT NOT NULL,       -- the report is due so long after the visit began
    expires_at        BIGINT NOT NULL,       -- closes_at and the deadline
    persona           TEXT NOT NULL,
    instructions      TEXT NOT NULL,
    questions         TEXT NOT NULL,
    fee               BIGINT NOT NULL CHECK (fee >= 0),
    expense_limit     BIGINT NOT NULL CHECK (expense_limit >= 0),
    currency          TEXT NOT NULL,
    accepted_at       BIGINT,                -- by its present shopper; NULL where that shopper has not
    cancelled_at      BIGINT,
    created_at        BIGINT NOT NULL,
    edition           BIGINT NOT NULL,
    FOREIGN KEY (checklist_id, checklist_version) REFERENCES checklist_versions (checklist_id, number),
    CHECK (opens_at < closes_at),
    CHECK (shopper_id IS NOT NULL OR state IN ('planned', 'cancelled', 'expired'))
);
CREATE INDEX visits_opens ON visits (opens_at, id);
CREATE INDEX visits_state ON visits (state, opens_at, id);
CREATE INDEX visits_shopper ON visits (shopper_id, opens_at, id);
CREATE INDEX visits_branch ON visits (branch_id, opens_at, id);
CREATE INDEX visits_expiry ON visits (state, expires_at);

-- Who moved a visit, when and why; append-only. The clock's moves have no actor.
CREATE TABLE visit_moves (
    id         TEXT PRIMARY KEY,
    visit_id   TEXT NOT NULL REFERENCES visits (id),
    at         BIGINT NOT NULL,
    actor_id   TEXT REFERENCES users (id),
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    reason     TEXT NOT NULL
);
CREATE INDEX visit_moves_visit ON visit_moves (visit_id, id);

-- One row an upload and owner: knowing a hash gives nobody somebody else's photo. Evaluations name photos by an id that
-- grows with time: hashes are spread over the whole of an index, and each row would rewrite a page of it.
CREATE TABLE photos (
    id            TEXT PRIMARY KEY,          -- UUIDv7
    uploaded_hash TEXT NOT NULL,             -- SHA-256, lower-case hex
    owner_id      TEXT NOT NULL REFERENCES users (id),
    stored_hash   TEXT NOT NULL,             -- of the upright, re-encoded JPEG
    bytes         BIGINT NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    taken         TEXT NOT NULL,             -- EXIF's time as it stands there, with its offset where it has one; or empty
    lat           BIGINT,
    lon           BIGINT,
    created_at    BIGINT NOT NULL,
    UNIQUE (uploaded_hash, owner_id)
);
CREATE INDEX photos_stored ON photos (stored_hash);
CREATE INDEX photos_created ON photos (created_at);

CREATE TABLE evaluations (
    id                TEXT PRIMARY KEY,      -- UUIDv4: a manager meets it
    visit_id          TEXT NOT NULL UNIQUE REFERENCES visits (id),
    branch_id         TEXT NOT NULL REFERENCES branches (id),
    checklist_id      TEXT NOT NULL,
    checklist_version BIGINT NOT NULL,
    shopper_id        TEXT NOT NULL REFERENCES users (id),
    revision          BIGINT NOT NULL,       -- the current one's number
    begun_at          BIGINT NOT NULL,
    finished_at       BIGINT NOT NULL,
    day               TEXT NOT NULL,         -- of begun_at in the branch's zone
    received_at       BIGINT NOT NULL,
    marks             TEXT NOT NULL,         -- JSON list: late, expired, cancelled
    score             BIGINT,                -- the current revision's, in millionths; NULL is no score
    open_questions    TEXT NOT NULL,         -- JSON list: what the return named
    words             TEXT NOT NULL,         -- the reviewer's, to the shopper
    grade             BIGINT CHECK (grade BETWEEN 1 AND 10),
    approved_at       BIGINT,                -- NULL unless the visit is approved
    shuffle           BIGINT NOT NULL,       -- random: the order within a day that a manager sees
    edition           BIGINT NOT NULL,
    FOREIGN KEY (checklist_id, checklist_version) REFERENCES checklist_versions (checklist_id, number)
);
CREATE INDEX evaluations_received ON evaluations (received_at, id);
CREATE INDEX evaluations_branch ON evaluations (branch_id, day, shuffle);
CREATE INDEX evaluations_shopper ON evaluations (shopper_id, received_at, id);

-- A score is never changed in place: a new figure is a new revision.
CREATE TABLE revisions (
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    number        BIGINT NOT NULL CHECK (number > 0),
    content_hash  TEXT NOT NULL,             -- SHA-256 of the canonical JSON of what was sent
    document      TEXT NOT NULL,             -- answers, begun, finished, moments, photos, as sent
    score         TEXT NOT NULL,             -- with its breakdown, and the versions that made it
    changed       TEXT NOT NULL,             -- JSON list of the questions whose answers differ from the revision before
    author_id     TEXT NOT NULL REFERENCES users (id),
    reason        TEXT NOT NULL,
    received_at   BIGINT NOT NULL,
    PRIMARY KEY (evaluation_id, number)
);

CREATE TABLE observations (
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    revision      BIGINT NOT NULL,
    number        BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    question_id   TEXT NOT NULL,             -- or empty
    reason        TEXT NOT NULL,
    PRIMARY KEY (evaluation_id, revision, number)
);

CREATE TABLE evaluation_photos (
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    number        BIGINT NOT NULL,
    question_id   TEXT NOT NULL,
    photo_id      TEXT NOT NULL REFERENCES photos (id),
    PRIMARY KEY (evaluation_id, number)
);
CREATE INDEX evaluation_photos_photo ON evaluation_photos (photo_id);

-- What the reviewer replaced or left out for publication. The original stays in the revision.
CREATE TABLE publications (
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    subject       TEXT NOT NULL,             -- "text:" and a question's id, or "photo:" and a photo's number
    text          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    author_id     TEXT NOT NULL REFERENCES users (id),
    at            BIGINT NOT NULL,
    PRIMARY KEY (evaluation_id, subject)
);

-- Sums of approved scores, in millionths, kept in the approving transaction: figures that need the whole programme
-- come from here, so that their cost does not grow with it.
CREATE TABLE branch_sums (
    branch_id    TEXT NOT NULL REFERENCES branches (id),
    checklist_id TEXT NOT NULL REFERENCES checklists (id),
    day          TEXT NOT NULL,
    n            BIGINT NOT NULL CHECK (n >= 0),
    total        BIGINT NOT NULL,
    squares      BIGINT NOT NULL CHECK (squares >= 0),
    PRIMARY KEY (branch_id, checklist_id, day)
);
CREATE INDEX branch_sums_day ON branch_sums (checklist_id, day);
