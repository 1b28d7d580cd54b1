-- +goose Up
-- The focus-group half. Times of sessions are kept three times: the wall time that people agreed on, its zone, and the
-- instant. Money is minor units with its ISO 4217 code. Branches and users are referred to by id only.

-- Attributes of the organisation's own choice, which participants have and quotas count.
CREATE TABLE attributes (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    type       TEXT NOT NULL CHECK (type IN ('text', 'number', 'choice', 'date')),
    options    TEXT NOT NULL,                -- JSON list of texts, of a choice
    created_at BIGINT NOT NULL,
    edition    BIGINT NOT NULL
);

-- The panel.
CREATE TABLE participants (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    folded         TEXT NOT NULL,            -- name, e-mail, phone, tags as people search them
    email          TEXT NOT NULL,            -- as it was written; may be empty
    email_folded   TEXT NOT NULL,
    phone          TEXT NOT NULL,            -- as it was written; may be empty
    phone_digits   TEXT NOT NULL,
    language       TEXT NOT NULL,            -- BCP 47
    zone           TEXT NOT NULL,            -- IANA
    household      TEXT NOT NULL,            -- a word of the organisation's own; the same is the same household
    employer       TEXT NOT NULL,
    notes          TEXT NOT NULL,
    tags           TEXT NOT NULL,            -- JSON list, sorted
    attributes     TEXT NOT NULL,            -- JSON: values by the attribute's id
    do_not_contact BOOLEAN NOT NULL,
    generation     BIGINT NOT NULL,          -- of the unsubscribe link: raising it revokes the links before
    erased_at      BIGINT,
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL
);
CREATE INDEX participants_name ON participants (name, id);
CREATE INDEX participants_email ON participants (email_folded) WHERE email_folded <> '';
CREATE INDEX participants_phone ON participants (phone_digits) WHERE phone_digits <> '';

-- Accessibility and diet stand apart: they are kept under their own consent, and are in no list and no export.
CREATE TABLE participant_needs (
    participant_id TEXT PRIMARY KEY REFERENCES participants (id),
    access         TEXT NOT NULL,
    diet           TEXT NOT NULL
);

CREATE TABLE consents (
    id             TEXT PRIMARY KEY,
    participant_id TEXT NOT NULL REFERENCES participants (id),
    scope          TEXT NOT NULL CHECK (scope IN ('attend', 'audio', 'video', 'observers', 'quotes', 'contact_again', 'needs')),
    wording        TEXT NOT NULL,            -- what was agreed to, word for word
    version        TEXT NOT NULL,            -- of the wording
    language       TEXT NOT NULL,
    given_at       BIGINT NOT NULL,
    recorded_by    TEXT,                     -- a user; NULL is the participant
    withdrawn_at   BIGINT
);
CREATE INDEX consents_participant ON consents (participant_id, scope, given_at);

CREATE TABLE venues (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL,
    address     TEXT NOT NULL,
    lat         BIGINT,                      -- millionths of a degree
    lon         BIGINT,
    zone        TEXT NOT NULL,
    directions  TEXT NOT NULL,               -- how to get there and in, for participants
    archived_at BIGINT,
    created_at  BIGINT NOT NULL,
    edition     BIGINT NOT NULL,
    CHECK ((lat IS NULL) = (lon IS NULL))
);
CREATE INDEX venues_name ON venues (name, id);

CREATE TABLE rooms (
    id               TEXT PRIMARY KEY,
    venue_id         TEXT NOT NULL REFERENCES venues (id),
    name             TEXT NOT NULL,
    capacity         BIGINT NOT NULL CHECK (capacity > 0),
    features         TEXT NOT NULL,          -- JSON list: step_free, viewing_room, recording, catering
    price            BIGINT NOT NULL CHECK (price >= 0),
    price_per        TEXT NOT NULL CHECK (price_per IN ('hour', 'day')),
    currency         TEXT NOT NULL,
    lead_days        BIGINT NOT NULL CHECK (lead_days >= 0),
    cancel_days      BIGINT NOT NULL CHECK (cancel_days >= 0), -- days before the session until which it can be cancelled
    setup_minutes    BIGINT NOT NULL CHECK (setup_minutes >= 0), -- kept before and after a session
    hired            BOOLEAN NOT NULL,
    archived_at      BIGINT,
    created_at       BIGINT NOT NULL,
    edition          BIGINT NOT NULL,
    UNIQUE (venue_id, name)
);

CREATE TABLE studies (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    folded     TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    branches   TEXT NOT NULL,                -- JSON list of ids
    language   TEXT NOT NULL,
    screening  TEXT NOT NULL,                -- JSON: questions and which answers screen out
    quotas     TEXT NOT NULL,                -- JSON: by attribute, soft or hard, with targets
    exclusions TEXT NOT NULL,                -- JSON: the rules by which participants are left out
    guide      TEXT NOT NULL,                -- JSON: timed steps
    rates      TEXT NOT NULL,                -- JSON: expected acceptance and show rate, in basis points
    incentive  BIGINT NOT NULL CHECK (incentive >= 0),
    budget     BIGINT NOT NULL CHECK (budget >= 0),
    currency   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    edition    BIGINT NOT NULL
);

CREATE TABLE focus_groups (
    id             TEXT PRIMARY KEY,         -- UUIDv4: managers meet it in the report of a closed one
    study_id       TEXT NOT NULL REFERENCES studies (id),
    topic          TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'closed', 'cancelled')),
    language       TEXT NOT NULL,
    room_id        TEXT REFERENCES rooms (id),
    room_reference TEXT NOT NULL,            -- of the booking, at the hirer
    moderator_id   TEXT REFERENCES users (id),
    assistants     TEXT NOT NULL,            -- JSON list of users' ids
    zone           TEXT NOT NULL,
    starts         TEXT NOT NULL,            -- the venue's wall time, 2026-11-26T18:00; empty in a draft without one
    ends           TEXT NOT NULL,
    starts_at      BIGINT,
    ends_at        BIGINT,
    seats          BIGINT NOT NULL CHECK (seats BETWEEN 1 AND 100),
    minimum        BIGINT NOT NULL CHECK (minimum BETWEEN 1 AND seats),
    reserve        BIGINT NOT NULL CHECK (reserve >= 0),
    notice_minutes BIGINT NOT NULL CHECK (notice_minutes >= 0), -- a seat that falls free later is offered to nobody
    taken          BIGINT NOT NULL,          -- acceptances and open offers
    reason         TEXT NOT NULL,            -- why it was cancelled
    closed_at      BIGINT,
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL,
    CHECK (taken BETWEEN 0 AND seats + reserve), -- whatever arrives at once: never more
    CHECK (starts_at < ends_at),
    CHECK (state IN ('draft', 'cancelled') OR (starts_at IS NOT NULL AND room_id IS NOT NULL AND moderator_id IS NOT NULL))
);
CREATE INDEX focus_groups_starts ON focus_groups (starts_at, id);
CREATE INDEX focus_groups_study ON focus_groups (study_id, starts_at, id);
CREATE INDEX focus_groups_moderator ON focus_groups (moderator_id, starts_at, id);

-- A room, a moderator or a participant kept for a time, its buffers included. That no two overlap is refused by the
-- database itself: see the migration after this one, which differs between the two.
CREATE TABLE holds (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('room', 'moderator', 'participant')),
    subject_id     TEXT NOT NULL,
    focus_group_id TEXT NOT NULL REFERENCES focus_groups (id),
    from_at        BIGINT NOT NULL,
    until_at       BIGINT NOT NULL,
    CHECK (from_at < until_at),
    UNIQUE (kind, subject_id, focus_group_id)
);
CREATE INDEX holds_subject ON holds (kind, subject_id, from_at);
CREATE INDEX holds_group ON holds (focus_group_id);

CREATE TABLE invitations (
    id             TEXT PRIMARY KEY,
    focus_group_id TEXT NOT NULL REFERENCES focus_groups (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    state          TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'waitlisted', 'screened_out', 'offered', 'expired', 'cancelled', 'withdrawn')),
    generation     BIGINT NOT NULL,          -- of its link: raising it revokes the one before
    override       TEXT NOT NULL,            -- why an exclusion rule was set aside; empty where none was
    screening      TEXT NOT NULL,            -- JSON: answers by question
    sent_at        BIGINT,
    answer_by      BIGINT,                   -- of an invitation or an offer: it expires then
    waitlisted_at  BIGINT,                   -- its place on the waiting list
    accepted_at    BIGINT,
    confirmed_at   BIGINT,
    calendar_uid   TEXT NOT NULL,            -- fixed, of its calendar entry
    calendar_sent  BOOLEAN NOT NULL,         -- updates and cancellations go only to those who had one
    sequence       BIGINT NOT NULL,          -- of the calendar entry
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL,
    UNIQUE (focus_group_id, participant_id)
);
CREATE INDEX invitations_waiting ON invitations (focus_group_id, state, waitlisted_at, id);
CREATE INDEX invitations_participant ON invitations (participant_id, focus_group_id);
CREATE INDEX invitations_due ON invitations (state, answer_by);

-- Who moved an invitation, when and why; append-only. The clock and the participant have no actor.
CREATE TABLE invitation_moves (
    id            TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    at            BIGINT NOT NULL,
    party         TEXT NOT NULL CHECK (party IN ('participant', 'coordinator', 'clock')),
    actor_id      TEXT REFERENCES users (id),
    from_state    TEXT NOT NULL,
    to_state      TEXT NOT NULL,
    reason        TEXT NOT NULL
);
CREATE INDEX invitation_moves_invitation ON invitation_moves (invitation_id, id);

CREATE TABLE calls (
    id            TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    at            BIGINT NOT NULL,
    by_id         TEXT NOT NULL REFERENCES users (id),
    outcome       TEXT NOT NULL CHECK (outcome IN ('reached', 'not_reached', 'wrong_number', 'call_back')),
    note          TEXT NOT NULL
);
CREATE INDEX calls_invitation ON calls (invitation_id, id);

-- What was recorded at the door; append-only, the latest record of an invitation holds. The client chooses the id, so
-- that what was recorded without a network is uploaded later without doubling.
CREATE TABLE attendance (
    id            TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id),
    number        BIGINT NOT NULL,           -- counts the records of an invitation
    content_hash  TEXT NOT NULL,
    outcome       TEXT NOT NULL CHECK (outcome IN ('expected', 'took_part', 'turned_away', 'sent_home', 'no_show')),
    arrived_at    BIGINT,
    left_at       BIGINT,
    struck_out    TEXT NOT NULL,             -- the moderator's reason why the seat is not usable; empty where it is
    note          TEXT NOT NULL,
    recorded_at   BIGINT NOT NULL,           -- when it was seen, as the client says
    received_at   BIGINT NOT NULL,
    recorded_by   TEXT NOT NULL REFERENCES users (id),
    UNIQUE (invitation_id, number)
);

CREATE TABLE costs (
    id             TEXT PRIMARY KEY,
    focus_group_id TEXT NOT NULL REFERENCES focus_groups (id),
    kind           TEXT NOT NULL CHECK (kind IN ('venue', 'catering', 'travel', 'incentive', 'moderator', 'recruiter', 'recording', 'other')),
    text           TEXT NOT NULL,
    planned        BIGINT CHECK (planned >= 0),
    actual         BIGINT CHECK (actual >= 0),
    currency       TEXT NOT NULL,
    rate           BIGINT NOT NULL CHECK (rate > 0), -- millionths of the study's currency for one of this
    rate_day       TEXT NOT NULL,            -- whose rate it is; empty in the study's own currency
    participant_id TEXT REFERENCES participants (id),
    rule           TEXT NOT NULL,            -- which made it from attendance; empty where somebody did
    paid_at        BIGINT,
    paid_by        TEXT REFERENCES users (id),
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL
);
CREATE INDEX costs_group ON costs (focus_group_id, id);
CREATE UNIQUE INDEX costs_rule ON costs (focus_group_id, participant_id, rule) WHERE rule <> '';

CREATE TABLE findings (
    id             TEXT PRIMARY KEY,
    focus_group_id TEXT NOT NULL REFERENCES focus_groups (id),
    topic          TEXT NOT NULL,
    theme          TEXT NOT NULL,
    said_by        BIGINT NOT NULL CHECK (said_by >= 0), -- people
    quotes         TEXT NOT NULL,            -- JSON list of texts, without names
    position       BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL
);
CREATE INDEX findings_group ON findings (focus_group_id, position, id);

CREATE TABLE actions (
    id             TEXT PRIMARY KEY,
    focus_group_id TEXT NOT NULL REFERENCES focus_groups (id),
    text           TEXT NOT NULL,
    owner_id       TEXT NOT NULL REFERENCES users (id), -- one, from start to finish
    due            TEXT NOT NULL,            -- a day
    state          TEXT NOT NULL CHECK (state IN ('open', 'under_way', 'done', 'dropped')),
    outcome        TEXT NOT NULL,
    told_at        BIGINT,                   -- when those who raised it were told of the outcome
    created_at     BIGINT NOT NULL,
    edition        BIGINT NOT NULL
);
CREATE INDEX actions_group ON actions (focus_group_id, due, id);
