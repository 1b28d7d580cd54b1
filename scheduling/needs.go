package scheduling

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Needs are what somebody needs to take part. They are kept under a consent of their own, apart from everything else, and
// are in no list and no export.
type Needs struct {
	Access string `json:"access" maxLength:"1000" doc:"What they need to get there, in, and to follow" example:"Step-free; sits near the front"`
	Diet   string `json:"diet" maxLength:"1000" doc:"What they do not eat" example:"No nuts"`
}

const mostOfNeeds = 1000

func (n *Needs) faults() []fault.Fault {
	var l faultList
	l.notes("/access", n.Access, mostOfNeeds)
	l.notes("/diet", n.Diet, mostOfNeeds)
	if n.Access == "" && n.Diet == "" {
		l.refuse("/access", "say what they need, there or in diet; DELETE takes the needs away")
	}
	return l
}

// Needs gives what a participant needs, and notes in the audit trail who read it. Both texts are empty where nothing is kept.
func (s *Participants) Needs(ctx context.Context, by account.User, participant uuid.UUID) (n Needs, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := getParticipant(ctx, tx, by, participant); err != nil {
			return err
		}
		kept, err := needsOf(ctx, tx, participant)
		if err != nil {
			return err
		}
		if n = (Needs{}); kept != nil {
			n = *kept
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "read-needs", Kind: "participant", Subject: participant.String()})
	})
	return n, err
}

// needsOf is nil where none are kept.
func needsOf(ctx context.Context, from bun.IDB, participant uuid.UUID) (*Needs, error) {
	var found []Needs
	err := from.NewRaw("SELECT access, diet FROM participant_needs WHERE participant_id = ?", participant).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// PutNeeds keeps what a participant needs, where they consented to it and did not withdraw that.
func (s *Participants) PutNeeds(ctx context.Context, by account.User, participant uuid.UUID, n Needs) (Needs, error) {
	n = Needs{Access: strings.TrimSpace(newlines.Replace(n.Access)), Diet: strings.TrimSpace(newlines.Replace(n.Diet))}
	if err := fault.Of(n.faults()); err != nil {
		return Needs{}, err
	}
	now := s.Clock()
	return n, s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := standing(ctx, tx, by, participant); err != nil {
			return err
		}
		if given, err := consents(ctx, tx, participant, "needs"); err != nil {
			return err
		} else if !given {
			return fault.Conflicting("consent-needed", "needs are kept only with the participant's consent: record one of the scope needs first")
		}
		if _, err := putNeeds.Exec(ctx, tx, participant, n.Access, n.Diet); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "participant", Subject: participant.String(), Fields: []string{"needs"}})
	})
}

// RemoveNeeds takes them away. It is repeatable.
func (s *Participants) RemoveNeeds(ctx context.Context, by account.User, participant uuid.UUID) error {
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := getParticipant(ctx, tx, by, participant); err != nil {
			return err
		}
		if n, err := dropNeeds.Exec(ctx, tx, participant); err != nil || n == 0 {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "participant", Subject: participant.String(), Fields: []string{"needs"}})
	})
}

// dropNeedsWithoutConsent takes away what is kept no longer with consent, in the transaction that withdraws it.
func dropNeedsWithoutConsent(ctx context.Context, tx bun.Tx, participant uuid.UUID) error {
	given, err := consents(ctx, tx, participant, "needs")
	if err == nil && !given {
		_, err = dropNeeds.Exec(ctx, tx, participant)
	}
	return err
}

var (
	putNeeds = database.Prepared(`INSERT INTO participant_needs (participant_id, access, diet) VALUES (?, ?, ?)
		ON CONFLICT (participant_id) DO UPDATE SET access = excluded.access, diet = excluded.diet`)
	dropNeeds = database.Prepared("DELETE FROM participant_needs WHERE participant_id = ?")
)
