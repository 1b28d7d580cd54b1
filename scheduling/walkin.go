package scheduling

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// WalkIn is somebody who comes without having been asked, or without having said yes, and is to be let in: a participant
// of the panel, or somebody new to it.
type WalkIn struct {
	ID            uuid.UUID  `json:"id" doc:"Chosen by the client: the invitation that is made, unless there is one"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"Who is on the panel already; for coordinators"`
	Name          string     `json:"name,omitempty" maxLength:"120" doc:"Of somebody who is not on the panel: name this or participant_id" example:"Jan Wójcik"`
	Phone         string     `json:"phone,omitempty" maxLength:"40" doc:"Of somebody who is not on the panel" example:"+48 600 100 200"`
	RecordedAt    time.Time  `json:"recorded_at" doc:"When they came"`
}

func (w *WalkIn) faults(by account.User) []fault.Fault {
	var l faultList
	if w.ParticipantID == nil && !isLine(w.Name, 1, mostOfLine) {
		l.refuse("/name", "must have 1 to %d characters, on one line; or name the participant_id", mostOfLine)
	}
	switch {
	case w.ParticipantID == nil:
	case !by.Coordinates():
		l.refuse("/participant_id", "must be absent: the panel is the coordinators'; write the name")
	case w.Name != "" || w.Phone != "":
		l.refuse("/participant_id", "must be absent beside a name or a phone: it is somebody of the panel or somebody new")
	}
	if w.Phone != "" && !isPhone(w.Phone) {
		l.refuse("/phone", "must be empty or a number such as +48 600 100 200, with %d to %d digits", fewestOfPhone, mostOfDigits)
	}
	return l
}

// LetIn gives somebody who was not expected a seat, and records that they came. It is repeatable. It never takes more
// than the seats and the reserve: then the error is a conflict.
func (s *Doors) LetIn(ctx context.Context, by account.User, id uuid.UUID, contentHash string, w WalkIn) (a Attendance, again bool, err error) {
	now := s.Clock()
	w.Name, w.Phone = *onOneLine(&w.Name), *onOneLine(&w.Phone)
	if err := fault.Of(w.faults(by)); err != nil {
		return Attendance{}, false, err
	}
	hash := database.HashOf([]byte(id.String() + contentHash))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, err := readDoor(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, w.ID, hash); err != nil {
			return err
		}
		invitation, err := d.walkIn(ctx, tx, by, now, w, again)
		if err != nil {
			return err
		}
		g, err := d.invitee(ctx, tx, invitation)
		if err != nil {
			return err
		}
		if !again {
			r := AttendanceRecord{ID: database.NewID(now), Outcome: TookPart, RecordedAt: w.RecordedAt}.of(now)
			r.ArrivedAt = &r.RecordedAt
			if err := d.keep(ctx, tx, by, now, g, hash, r); err != nil {
				return err
			}
		}
		records, err := d.records(ctx, tx)
		a = d.stands(g, records[invitation], by, s.Codes)
		return err
	})
	return a, again, err
}

// walkIn gives the invitation of somebody who walks in: the one that they have, whatever became of it, or a new one.
func (d door) walkIn(ctx context.Context, tx bun.Tx, by account.User, now time.Time, w WalkIn, again bool) (uuid.UUID, error) {
	participant := w.ID // of somebody new: the id was chosen for this walk-in alone
	if w.ParticipantID != nil {
		participant = *w.ParticipantID
	}
	var invitation uuid.UUID
	var state string
	switch err := selectInvited.Row(ctx, tx, d.id, participant).Scan(&invitation, &state); {
	case again || err != nil && !errors.Is(err, sql.ErrNoRows):
		return invitation, err
	case state == "accepted":
		return invitation, fault.Conflicting("accepted-already", "they have accepted an invitation to this focus group: check them in")
	}
	if err := d.opensTo(by, now, w.RecordedAt); err != nil {
		return uuid.Nil, err
	}
	if w.ParticipantID == nil {
		if err := d.joins(ctx, tx, now, w); err != nil {
			return uuid.Nil, err
		}
	}
	var known bool
	if err := participantKnown.Row(ctx, tx, participant).Scan(&known); err != nil {
		return uuid.Nil, err
	}
	if !known {
		return uuid.Nil, fault.At("/participant_id", "there is no participant with this id")
	}
	if err := d.seat(ctx, tx, participant, state); err != nil {
		return uuid.Nil, err
	}
	if state == "" {
		invitation = w.ID
		if _, err := insertWalkIn.Exec(ctx, tx, w.ID, d.id, participant, database.At(now), w.ID.String()+"@fieldcare", database.At(now)); err != nil {
			return uuid.Nil, err
		}
	} else if _, err := acceptWalkIn.Exec(ctx, tx, database.At(now), invitation); err != nil {
		return uuid.Nil, err
	}
	came := InvitationMove{At: now, Party: ByCoordinator, ActorID: &by.ID, From: InvitationState(state), To: Accepted, Reason: "came without having accepted"}
	return invitation, came.keep(ctx, tx, invitation)
}

// seat takes a seat for somebody whose invitation, if there is one, is in this state: an open offer has its seat already.
// Who stands at this door is here, whatever else they were held for: that hold stays, and this one is left out.
func (d door) seat(ctx context.Context, tx bun.Tx, participant uuid.UUID, state string) error {
	if state != "offered" {
		taken, err := takeSeat.Exec(ctx, tx, d.id)
		if err != nil {
			return err
		}
		if taken == 0 {
			return fault.Conflicting("no-seat", "every seat and the reserve are taken: nobody more can be let in")
		}
	}
	_, err := takeHold(ctx, tx, participantHold, participant, d.id, d.startsAt.Time, d.endsAt.Time)
	return err
}

// joins adds somebody new to the panel, with what can be asked at a door.
func (d door) joins(ctx context.Context, tx bun.Tx, now time.Time, w WalkIn) error {
	row := participantRow{Participant: Participant{ID: w.ID, Name: w.Name, Phone: w.Phone, Language: d.language, Zone: d.zone, Edition: 1}, CreatedAt: database.At(now)}
	if err := row.write(); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return err
}

var (
	selectInvited    = database.Prepared("SELECT id, state FROM invitations WHERE focus_group_id = ? AND participant_id = ?")
	participantKnown = database.Prepared("SELECT EXISTS (SELECT 1 FROM participants WHERE id = ? AND erased_at IS NULL)")
	takeSeat         = database.Prepared("UPDATE focus_groups SET taken = taken + 1 WHERE id = ? AND taken < seats + reserve")
	insertWalkIn     = database.Prepared(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, accepted_at, calendar_uid, calendar_sent, sequence, created_at, edition, walk_in)
		VALUES (?, ?, ?, 'accepted', 1, '', '{}', ?, ?, FALSE, 0, ?, 1, TRUE)`)
	acceptWalkIn = database.Prepared("UPDATE invitations SET state = 'accepted', accepted_at = ?, answer_by = NULL, edition = edition + 1 WHERE id = ?")
)
