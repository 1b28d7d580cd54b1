package scheduling

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// RSVP is an invitation as its link shows it to the participant.
type RSVP struct {
	Name       string
	Topic      string
	Day        string // in words, and the hours: the session's wall time
	Hours      string
	Zone       string
	Venue      string // empty while no room is booked
	Room       string
	Address    string
	Directions string
	StepFree   bool
	Incentive  string // empty without one
	Language   string
	State      InvitationState
	AnswerBy   string // in words, where the participant is; empty where there is no end
	Questions  []ScreeningQuestion
	Answers    map[string]string // of the screening, as they were given
	Consents   []ConsentAsked
	MayAccept  bool
	MayDecline bool
	MayCancel  bool
	MayConfirm bool
	Confirmed  bool
}

// LinkOver says that a link was good once and opens nothing any more.
type LinkOver struct{ Why string }

func (e *LinkOver) Error() string { return e.Why }

// Open reads the invitation that a link is of. It changes nothing: mail scanners open links. The error is
// fault.ErrNotFound for a link that was not made here, and a *LinkOver for one that was revoked or whose time is over.
func (s *Invitations) Open(ctx context.Context, token string) (RSVP, error) {
	r, err := s.follow(ctx, s.DB.Read(), token)
	if err != nil {
		return RSVP{}, err
	}
	now := s.Clock()
	g, err := readSession(ctx, s.DB.Read(), r.FocusGroupID)
	if err != nil {
		return RSVP{}, err
	}
	if err := closedTo(r, g, now); err != nil {
		return RSVP{}, err
	}
	page := RSVP{Name: r.Name, Topic: g.Topic, State: r.State, Zone: g.Zone, Questions: g.screening(), Confirmed: !r.ConfirmedAt.IsZero()}
	page.Day, page.Hours = sessionInWords(g)
	_ = json.Unmarshal([]byte(r.Screening), &page.Answers) // written by us
	if err := s.readPlace(ctx, g.ID, &page); err != nil {
		return RSVP{}, err
	}
	given, err := consentsGiven(ctx, s.DB.Read(), r)
	if err != nil {
		return RSVP{}, err
	}
	for i := range page.Consents {
		page.Consents[i].Given = given[page.Consents[i].Scope]
	}
	may := func(action InvitationAction) bool { _, err := r.State.After(action, ByParticipant); return err == nil }
	page.MayAccept, page.MayDecline, page.MayCancel = may(Accept), may(Decline), may(Cancel)
	page.MayConfirm = r.State == Accepted && r.ConfirmedAt.IsZero() && g.asksToConfirm(now)
	if !r.AnswerBy.IsZero() && page.MayAccept {
		page.AnswerBy = r.AnswerBy.In(r.place()).Format("Monday 2 January 2006, 15:04") + " (" + r.place().String() + ")"
	}
	return page, nil
}

// askedToConfirm is how long before the start those who accepted are asked whether they still come.
const askedToConfirm = 48 * time.Hour

// AnswerByLink takes a participant's own answer. The errors are those of Open, and a conflict or an invalid of what was
// answered.
func (s *Invitations) AnswerByLink(ctx context.Context, token string, a Answer) error {
	r, err := s.follow(ctx, s.DB.Read(), token)
	if err != nil {
		return err
	}
	return s.answer(ctx, r.ID, ByParticipant, nil, func(now *invitationRow) error {
		switch {
		case now.Generation != r.Generation:
			return errRevoked
		case now.State == Drafted:
			return fault.ErrNotFound
		case now.State == Withdrawn:
			return errWithdrawn
		}
		return nil
	}, a)
}

var (
	errRevoked   = &LinkOver{"This link was replaced by a newer one. Please use the link in the last message that we sent you."}
	errWithdrawn = &LinkOver{"We took this invitation back. Nothing is expected of you."}
)

// follow finds the invitation of a link.
func (s *Invitations) follow(ctx context.Context, from bun.IDB, token string) (*invitationRow, error) {
	id, generation, err := s.Links.Read(AnswerLink, token)
	if err != nil {
		return nil, err
	}
	r, err := getInvitation(ctx, from, id)
	switch {
	case err != nil:
		return nil, err
	case r.State == Drafted || r.Erased:
		return nil, fault.ErrNotFound
	case r.Generation != generation:
		return nil, errRevoked
	}
	return r, nil
}

// closedTo says why an invitation can neither be answered nor looked at any more.
func closedTo(r *invitationRow, g *session, now time.Time) error {
	switch {
	case r.State == Withdrawn:
		return errWithdrawn
	case g.State == "cancelled":
		return &LinkOver{"This session was called off. Nothing is expected of you."}
	case g.over(now) != "":
		return &LinkOver{"This session is over, or has begun. Answers are closed."}
	case r.stateAt(now, g.StartsAt.Time) == Expired:
		return &LinkOver{"The time to answer this invitation is over. Thank you for thinking about it."}
	}
	return nil
}

// readPlace reads where the session is and what is asked there.
func (s *Invitations) readPlace(ctx context.Context, group uuid.UUID, page *RSVP) error {
	db := s.DB.Read()
	var features string
	var incentive int64
	var code string
	err := selectPlace.Row(ctx, db, group).Scan(&page.Venue, &page.Address, &page.Directions, &page.Room, &features, &incentive, &code, &page.Language)
	if err != nil {
		return err
	}
	has := readFeatures(features)
	for _, f := range has {
		page.StepFree = page.StepFree || f == "step_free"
	}
	page.Consents = asked(has)
	page.Incentive = incentiveWords(incentive, code)
	return nil
}

var (
	selectPlace = database.Prepared(`SELECT COALESCE(v.name, ''), COALESCE(v.address, ''), COALESCE(v.directions, ''), COALESCE(r.name, ''), COALESCE(r.features, '[]'),
		s.incentive, s.currency, g.language
		FROM focus_groups g JOIN studies s ON s.id = g.study_id LEFT JOIN rooms r ON r.id = g.room_id LEFT JOIN venues v ON v.id = r.venue_id WHERE g.id = ?`)
	selectFeatures      = database.Prepared("SELECT COALESCE(r.features, '[]') FROM focus_groups g LEFT JOIN rooms r ON r.id = g.room_id WHERE g.id = ?")
	selectConsentsGiven = database.Prepared("SELECT DISTINCT scope FROM consents WHERE participant_id = ? AND withdrawn_at IS NULL")
)

func featuresOf(ctx context.Context, from bun.IDB, group uuid.UUID) ([]string, error) {
	var text string
	err := selectFeatures.Row(ctx, from, group).Scan(&text)
	return readFeatures(text), err
}

func readFeatures(text string) (features []string) {
	_ = json.Unmarshal([]byte(text), &features) // written by us
	return features
}

// consentsGiven are the scopes that a participant's standing consents are of.
func consentsGiven(ctx context.Context, from bun.IDB, r *invitationRow) (map[string]bool, error) {
	rows, err := selectConsentsGiven.Rows(ctx, from, r.ParticipantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	given := map[string]bool{}
	for rows.Next() {
		var scope string
		if err := rows.Scan(&scope); err != nil {
			return nil, err
		}
		given[scope] = true
	}
	return given, rows.Err()
}

// sessionInWords is when a session is: Thursday 26 November 2026, and 18:00–19:30.
func sessionInWords(g *session) (day, hours string) {
	starts, err := time.Parse(walltime.Layout, g.Starts)
	if err != nil {
		return g.Starts, ""
	}
	ends, err := time.Parse(walltime.Layout, g.Ends)
	if err != nil {
		return g.Starts, ""
	}
	const inWords = "Monday 2 January 2006"
	if starts.Format(inWords) != ends.Format(inWords) {
		return starts.Format(inWords+", 15:04") + " – " + ends.Format(inWords+", 15:04"), ""
	}
	return starts.Format(inWords), starts.Format("15:04") + "–" + ends.Format("15:04")
}
