package scheduling

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/mail"
)

// Erase takes away what is held on a person: contact data, notes, tags, attributes, needs, answers, what was written about
// them, and what was mailed to them. That there was a former participant who was invited, came and was paid stays, for
// counts and the ledger; receipts are part of that, and stay with a name that stands on them for as long as the ledger does,
// ten years, which the law on accounts asks for. Consents stay, withdrawn, as proof of what was agreed to. Open invitations are withdrawn.
//
// It is refused while they hold a seat, or are offered one, in a focus group that is still to come. The reason, which
// should name nobody, is kept with who erased. It is repeatable.
func (s *Participants) Erase(ctx context.Context, by account.User, id uuid.UUID, reason string) (p Participant, err error) {
	reason = *onOneLine(&reason)
	if !isLine(reason, 1, 1000) {
		return Participant{}, fault.At("/reason", "must have 1 to 1000 characters, on one line")
	}
	now := s.Clock()
	blank := participantRow{Participant: Participant{Name: FormerParticipant, Language: "und", Zone: "UTC", DoNotContact: true}}
	if err := blank.write(); err != nil {
		return Participant{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getParticipant(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !row.Erased {
			if err := refuseSeated(ctx, tx, id, database.At(now)); err != nil {
				return err
			}
			at := database.At(now)
			if err := withdrawOpen(ctx, tx, by, id, now); err != nil {
				return err
			}
			for _, e := range []struct {
				statement *database.Statement
				args      []any
			}{
				{eraseMoves, []any{id}},
				{closeInvitations, []any{id}},
				{eraseDecisions, []any{id}},
				{eraseCalls, []any{id}},
				{eraseAttendance, []any{id}},
				{eraseCosts, []any{FormerParticipant, id}},
				{erasePayments, []any{id}},
				{dropNeeds, []any{id}},
				{withdrawConsents, []any{at, id}},
				{eraseParticipant, []any{FormerParticipant, blank.Folded, blank.Language, blank.Zone, at, by.ID, reason, id}},
			} {
				if _, err := e.statement.Exec(ctx, tx, e.args...); err != nil {
					return err
				}
			}
			if err := mail.Erase(ctx, tx, id); err != nil {
				return err
			}
			if err := account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "erase", Kind: "participant", Subject: id.String()}); err != nil {
				return err
			}
			if row, err = getParticipant(ctx, tx, by, id); err != nil {
				return err
			}
		}
		p, err = row.whole(ctx, tx)
		return err
	})
	return p, err
}

// refuseSeated names the focus groups to come in which a participant holds a seat or is offered one.
func refuseSeated(ctx context.Context, tx bun.Tx, id uuid.UUID, now database.Time) error {
	rows, err := selectSeats.Rows(ctx, tx, id, now)
	if err != nil {
		return err
	}
	defer rows.Close()
	var groups []string
	for rows.Next() {
		var topic, starts string
		if err := rows.Scan(&topic, &starts); err != nil {
			return err
		}
		groups = append(groups, fmt.Sprintf("“%s” (%s)", topic, strings.Replace(starts, "T", " ", 1)))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(groups) > 0 {
		return fault.Conflicting("holds-seat", "they hold a seat in %s: cancel or withdraw that first", strings.Join(groups, ", "))
	}
	return nil
}

// withdrawOpen notes that the invitations without a seat are withdrawn; closeInvitations does it.
func withdrawOpen(ctx context.Context, tx bun.Tx, by account.User, id uuid.UUID, now time.Time) error {
	rows, err := selectOpen.Rows(ctx, tx, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	var open []uuid.UUID
	var states []InvitationState
	for rows.Next() {
		var invitation uuid.UUID
		var state InvitationState
		if err := rows.Scan(&invitation, &state); err != nil {
			return err
		}
		open, states = append(open, invitation), append(states, state)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, invitation := range open {
		withdrawn := InvitationMove{At: now, Party: ByCoordinator, ActorID: &by.ID, From: states[i], To: Withdrawn}
		if err := withdrawn.keep(ctx, tx, invitation); err != nil {
			return err
		}
	}
	return nil
}

var (
	selectSeats = database.Prepared(`SELECT g.topic, g.starts FROM invitations i JOIN focus_groups g ON g.id = i.focus_group_id
		WHERE i.participant_id = ? AND i.state IN ('accepted', 'offered') AND g.state IN ('draft', 'scheduled') AND (g.ends_at IS NULL OR g.ends_at > ?)
		ORDER BY g.starts_at, g.id`)

	selectOpen       = database.Prepared("SELECT id, state FROM invitations WHERE participant_id = ? AND state IN ('draft', 'sent', 'waitlisted') ORDER BY id")
	closeInvitations = database.Prepared(`UPDATE invitations SET override = CASE WHEN override = '' THEN '' ELSE 'erased' END, screening = '{}',
		generation = generation + 1, edition = edition + 1,
		state = CASE WHEN state IN ('draft', 'sent', 'waitlisted') THEN 'withdrawn' ELSE state END WHERE participant_id = ?`)
	eraseMoves      = database.Prepared("UPDATE invitation_moves SET reason = '' WHERE invitation_id IN (SELECT id FROM invitations WHERE participant_id = ?)")
	eraseDecisions  = database.Prepared("UPDATE seat_decisions SET reason = '' WHERE invitation_id IN (SELECT id FROM invitations WHERE participant_id = ?)")
	eraseCalls      = database.Prepared("UPDATE calls SET note = '' WHERE invitation_id IN (SELECT id FROM invitations WHERE participant_id = ?)")
	eraseAttendance = database.Prepared(`UPDATE attendance SET note = '', struck_out = CASE WHEN struck_out = '' THEN '' ELSE 'erased' END
		WHERE invitation_id IN (SELECT id FROM invitations WHERE participant_id = ?)`)
	eraseCosts       = database.Prepared("UPDATE costs SET text = ? WHERE participant_id = ?")
	erasePayments    = database.Prepared("UPDATE cost_payments SET reason = '' WHERE cost_id IN (SELECT id FROM costs WHERE participant_id = ?)")
	withdrawConsents = database.Prepared("UPDATE consents SET withdrawn_at = ? WHERE participant_id = ? AND withdrawn_at IS NULL")
	eraseParticipant = database.Prepared(`UPDATE participants SET name = ?, folded = ?, facets = '', email = '', email_folded = '', phone = '', phone_digits = '',
		language = ?, zone = ?, household = '', employer = '', notes = '', tags = '[]', attributes = '{}', do_not_contact = TRUE,
		generation = generation + 1, edition = edition + 1, erased_at = ?, erased_by = ?, erased_reason = ? WHERE id = ?`)
)
