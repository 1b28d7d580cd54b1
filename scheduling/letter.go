package scheduling

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/walltime"
)

// Letters writes the mail of focus groups, at the moment when it is sent: an order holds ids only, and what is no longer
// so is not sent.
type Letters struct {
	DB           *database.DB
	Links        Links
	PublicURL    string // without a slash at its end
	From         Mailbox
	Organisation func(context.Context) (string, error) // its name
	Clock        func() time.Time
}

// letterAbout is what a mail is about. Those that are ordered before they are due name the time and the room that they
// were ordered for: when either is changed meanwhile, they are not sent, and new ones were ordered.
type letterAbout struct {
	Invitation uuid.UUID `json:"invitation,omitzero"`
	FocusGroup uuid.UUID `json:"focus_group,omitzero"` // where it is for a user
	Starts     int64     `json:"starts,omitempty"`     // microseconds, as the row has it
	Ends       int64     `json:"ends,omitempty"`       // likewise
	Room       string    `json:"room,omitempty"`
}

// letterRule says of a kind of mail to participants when it is apt and what it carries.
type letterRule struct {
	template string
	states   []string       // of the invitation
	groups   []string       // states of the focus group
	panel    bool           // waits for the quiet hours to end, can be unsubscribed from, and is not sent to who did
	late     bool           // apt after the session began
	calendar CalendarMethod // of the calendar part; empty is none
	had      bool           // the calendar part is only for those who had one before
}

var (
	scheduledOnly = []string{"scheduled"}
	cameAtAll     = []string{"took_part", "turned_away", "sent_home"}
	stillConcerns = []string{"sent", "accepted", "waitlisted", "offered"}
)

var letterRules = []letterRule{
	{template: "invitation", states: []string{"sent"}, groups: scheduledOnly, panel: true},
	{template: "invitation-confirmed", states: []string{"accepted"}, groups: scheduledOnly, calendar: CalendarRequest},
	{template: "invitation-waitlisted", states: []string{"waitlisted"}, groups: scheduledOnly},
	{template: "seat-offered", states: []string{"offered"}, groups: scheduledOnly, panel: true},
	{template: "invitation-withdrawn", states: []string{"withdrawn"}, groups: scheduledOnly, calendar: CalendarCancel, had: true},
	{template: "invitation-cancelled", states: []string{"cancelled"}, groups: []string{"scheduled", "cancelled"}, calendar: CalendarCancel, had: true},
	{template: JobFocusGroupMoved, states: stillConcerns, groups: scheduledOnly, calendar: CalendarRequest, had: true},
	{template: JobFocusGroupCancelled, states: stillConcerns, groups: []string{"cancelled"}, calendar: CalendarCancel, had: true},
	{template: "focus-group-reminder", states: []string{"accepted"}, groups: scheduledOnly, panel: true},
	{template: "confirm-attendance", states: []string{"accepted"}, groups: scheduledOnly, panel: true},
	{template: "thank-you", states: []string{"accepted"}, groups: []string{"scheduled", "closed"}, panel: true, late: true},
}

// Register gives the letters to the post, and to the runner of jobs the work of finding out to whom they go.
func (l *Letters) Register(post *mail.Post, runner *jobs.Runner) {
	for _, rule := range letterRules {
		post.Compose(rule.template, func(ctx context.Context, order mail.Order) (*mail.Message, error) {
			var about letterAbout
			if err := order.Read(&about); err != nil {
				return nil, err
			}
			if about.Invitation == uuid.Nil {
				return l.toUser(ctx, order, about)
			}
			return l.toParticipant(ctx, order, about, rule)
		})
	}
	post.Compose(crewGiven, l.crewLetter)
	post.Compose(crewTakenBack, l.crewLetter)
	post.Compose(actionEnded, l.actionEnded)
	post.Compose(JobRoomCancellationDue, l.roomCancellationDue)
	runner.Handle(JobRoomCancellationDue, l.remindOfRoom)
	runner.Handle(JobFocusGroupMoved, l.tellAll(JobFocusGroupMoved))
	runner.Handle(JobFocusGroupCancelled, l.tellAll(JobFocusGroupCancelled))
	runner.Every(reminderRound, "order reminders of focus groups", l.orderReminders)
}

// letterSession is a focus group as letters know it.
type letterSession struct {
	GroupID    uuid.UUID
	GroupState string
	Topic      string
	Reason     string
	Zone       string
	StartsAt   database.Time
	EndsAt     database.Time
	RoomID     string
	Booking    string
	CancelDays int
	Room       string
	Venue      string
	Address    string
	Directions string

	ModeratorID uuid.NullUUID
	Assistants  string
}

const letterSessionColumns = `g.id AS group_id, g.state AS group_state, g.topic, g.reason, g.zone, g.starts_at, g.ends_at, COALESCE(g.room_id, '') AS room_id,
	g.room_reference AS booking, COALESCE(r.cancel_days, 0) AS cancel_days, COALESCE(r.name, '') AS room, COALESCE(v.name, '') AS venue,
	COALESCE(v.address, '') AS address, COALESCE(v.directions, '') AS directions,
	g.moderator_id, g.assistants`

const letterSessionTables = ` focus_groups g LEFT JOIN rooms r ON r.id = g.room_id LEFT JOIN venues v ON v.id = r.venue_id`

// stands is false when the session is no longer at the time and in the room that a mail was ordered for.
func (s *letterSession) stands(about letterAbout) bool {
	return about.Starts == 0 || (about.Starts == s.StartsAt.UnixMicro() && about.Room == s.RoomID)
}

// letterInvitation is an invitation as letters know it.
type letterInvitation struct {
	letterSession `bun:",extend"`
	ID            uuid.UUID
	State         string
	Generation    int64
	AnswerBy      database.Time
	ConfirmedAt   database.Time
	CalendarUID   string
	CalendarSent  bool
	Sequence      int64
	ParticipantID uuid.UUID
	Name, Email   string
	TheirZone     string
	DoNotContact  bool
	Unsubscribe   int64
	Incentive     int64
	Currency      string
	Outcome       string // of the attendance; empty before there is one
}

// apt is true while what the letter would say is so, and its reader wants to know it.
func (i *letterInvitation) apt(rule letterRule, about letterAbout, now time.Time) bool {
	switch {
	case !slices.Contains(rule.states, i.State), !slices.Contains(rule.groups, i.GroupState), !i.stands(about):
		return false
	case !rule.late && !now.Before(i.StartsAt.Time):
		return false
	case i.DoNotContact && (rule.panel || i.State == "sent" || i.State == "offered"):
		return false // who has a seat, or waits for one, is still told what becomes of it
	case (rule.template == "invitation" || rule.template == "seat-offered") && !i.AnswerBy.IsZero() && !now.Before(i.AnswerBy.Time):
		return false
	case rule.template == "invitation-cancelled":
		return i.CalendarSent // it is they who said so: the mail is for their calendar
	case rule.template == "thank-you":
		return slices.Contains(cameAtAll, i.Outcome)
	case rule.template == "confirm-attendance":
		return i.ConfirmedAt.IsZero()
	}
	return true
}

// toParticipant writes a letter about an invitation, if it is still apt.
func (l *Letters) toParticipant(ctx context.Context, order mail.Order, about letterAbout, rule letterRule) (*mail.Message, error) {
	var i letterInvitation
	err := l.DB.Read().NewRaw(`SELECT `+letterSessionColumns+`, i.id, i.state, i.generation, i.answer_by, i.confirmed_at, i.calendar_uid, i.calendar_sent,
			i.sequence, i.participant_id, p.name, p.email, p.zone AS their_zone, p.do_not_contact, p.generation AS unsubscribe, s.incentive, s.currency,
			COALESCE(a.outcome, '') AS outcome
		FROM`+letterSessionTables+` JOIN invitations i ON i.focus_group_id = g.id`+latestRecord+` JOIN participants p ON p.id = i.participant_id
			JOIN studies s ON s.id = g.study_id
		WHERE i.id = ? AND p.id = ? AND p.erased_at IS NULL AND p.email <> ''`, about.Invitation, order.To).Scan(ctx, &i)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	now := l.Clock()
	if err != nil || !i.apt(rule, about, now) {
		return nil, err
	}
	if rule.panel {
		theirs, err := walltime.Zone(i.TheirZone)
		if err != nil {
			return nil, err
		}
		if morning := AfterQuiet(now, theirs); morning.After(now) {
			return nil, mail.NotBefore(morning)
		}
	}
	data, err := l.sessionData(ctx, &i.letterSession)
	if err != nil {
		return nil, err
	}
	data["Link"] = l.PublicURL + "/rsvp/" + l.Links.Make(AnswerLink, i.ID, i.Generation)
	data["Incentive"] = incentiveWords(i.Incentive, i.Currency)
	if !i.AnswerBy.IsZero() {
		if data["Deadline"], err = deadlineWords(i.AnswerBy.Time, i.Zone); err != nil {
			return nil, err
		}
	}
	unsubscribe := ""
	if rule.panel {
		unsubscribe = l.PublicURL + "/unsubscribe/" + l.Links.Make(UnsubscribeLink, i.ParticipantID, i.Unsubscribe)
		data["Choice"] = unsubscribe
	}
	if rule.template == JobFocusGroupCancelled {
		delete(data, "Reason") // it was written for the office
	}
	message, err := mail.WriteTo(i.Email, i.Name, order.Template, data)
	if err != nil {
		return nil, err
	}
	message.Unsubscribe = unsubscribe
	if rule.calendar != "" && (i.CalendarSent || !rule.had) {
		message.Calendar, err = l.calendar(ctx, rule.calendar, &i, data["When"].(string), now)
	}
	return message, err
}

// sessionData is what every letter says of its session.
func (l *Letters) sessionData(ctx context.Context, s *letterSession) (map[string]any, error) {
	organisation, err := l.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	when, err := whenWords(s.StartsAt.Time, s.EndsAt.Time, s.Zone)
	return map[string]any{"Organisation": organisation, "Topic": s.Topic, "When": when, "Place": placeWords(s.Room, s.Venue),
		"Address": s.Address, "Directions": s.Directions, "Reason": s.Reason}, err
}

func placeWords(room, venue string) string {
	if room == "" || venue == "" {
		return room + venue
	}
	return room + ", " + venue
}

// whenWords is a session's time for people: Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw).
func whenWords(starts, ends time.Time, zone string) (string, error) {
	location, err := walltime.Zone(zone)
	if err != nil {
		return "", err
	}
	from, to := starts.In(location), ends.In(location)
	end := to.Format("15:04")
	if from.Format(time.DateOnly) != to.Format(time.DateOnly) {
		end = to.Format(" Monday 2 January 2006, 15:04")
	}
	return fmt.Sprintf("%s–%s (%s)", from.Format("Monday 2 January 2006, 15:04"), end, zone), nil
}

// deadlineWords is an instant for people: Tuesday 24 November 2026, 12:00 (Europe/Warsaw).
func deadlineWords(at time.Time, zone string) (string, error) {
	location, err := walltime.Zone(zone)
	if err != nil {
		return "", err
	}
	return at.In(location).Format("Monday 2 January 2006, 15:04") + " (" + zone + ")", nil
}

// incentiveWords is an amount in minor units for people: 50.00 EUR. It is empty for none.
func incentiveWords(amount int64, code string) string {
	if amount <= 0 {
		return ""
	}
	return amountOf(amount, code).Shown
}
