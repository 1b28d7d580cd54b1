package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Reports makes the documents of focus groups.
type Reports struct {
	DB    *database.DB
	Clock func() time.Time
}

// reportRow is a focus group with its study, room and moderator.
type reportRow struct {
	ID          uuid.UUID
	Topic       string
	State       string
	Language    string
	Starts      string
	Ends        string
	Zone        string
	StartsAt    database.Time
	EndsAt      database.Time
	Seats       int
	Reserve     int
	Minimum     int
	Reference   string
	Assistants  string
	Moderator   string
	Venue       string
	Address     string
	Directions  string
	Room        string
	StudyID     uuid.UUID
	Study       string
	Purpose     string
	Quotas      string
	Guide       string
	Budget      int64
	Incentive   int64
	Currency    string
	ModeratorID uuid.UUID
}

const selectReport = `SELECT g.id, g.topic, g.state, g.language, g.starts, g.ends, g.zone, g.starts_at, g.ends_at, g.seats, g.reserve, g.minimum,
	g.room_reference AS reference, g.assistants, m.name AS moderator, v.name AS venue, v.address, v.directions, r.name AS room,
	s.id AS study_id, s.title AS study, s.purpose, s.quotas, s.guide, s.budget, s.incentive, s.currency, g.moderator_id
	FROM focus_groups g JOIN studies s ON s.id = g.study_id JOIN rooms r ON r.id = g.room_id JOIN venues v ON v.id = r.venue_id
	JOIN users m ON m.id = g.moderator_id WHERE g.id = ? AND `

// reportOf keeps of a query over focus groups (alias g) and their studies (s) those whose report the viewer may read:
// coordinators and admins that of every scheduled or closed one, moderators that of their own closed sessions, managers
// that of closed ones whose study concerns a branch of theirs.
func reportOf(viewer account.User) (condition string, args []any) {
	return `((? AND g.state IN ('scheduled', 'closed'))
		OR (? AND g.state = 'closed' AND (g.moderator_id = ? OR g.assistants LIKE ?))
		OR (? AND g.state = 'closed' AND EXISTS (SELECT 1 FROM branch_managers m WHERE m.user_id = ? AND s.branches LIKE '%"' || m.branch_id || '"%')))`,
		[]any{viewer.Coordinates(), viewer.Roles.Any(account.Moderator), viewer.ID, inList(viewer.ID), viewer.Roles.Any(account.Manager), viewer.ID}
}

// daySheetOf is reportOf for the day sheet, which managers do not get and moderators need before the day.
func daySheetOf(viewer account.User) (condition string, args []any) {
	return `(g.state IN ('scheduled', 'closed') AND (? OR (? AND (g.moderator_id = ? OR g.assistants LIKE ?))))`,
		[]any{viewer.Coordinates(), viewer.Roles.Any(account.Moderator), viewer.ID, inList(viewer.ID)}
}

// inList is the pattern of a JSON list of ids that holds this one.
func inList(id uuid.UUID) string { return `%"` + id.String() + `"%` }

// FocusGroup is the report of a focus group for the viewer, or fault.ErrNotFound where the viewer may not read it.
func (s *Reports) FocusGroup(ctx context.Context, viewer account.User, of Organisation, id uuid.UUID) (FocusGroupReport, error) {
	from := s.DB.Read()
	condition, args := reportOf(viewer)
	g, err := readReportRow(ctx, from, id, condition, args)
	if err != nil {
		return FocusGroupReport{}, err
	}
	r := FocusGroupReport{Organisation: of, Study: ReportedStudy{Title: g.Study, Purpose: g.Purpose}, Session: g.session(), Preview: g.State != "closed"}
	if viewer.Coordinates() {
		r.Session.Moderator = g.Moderator
	}
	if r.Guide, err = g.guide(); err != nil {
		return FocusGroupReport{}, err
	}
	all, err := readInvited(ctx, from, id)
	if err != nil {
		return FocusGroupReport{}, err
	}
	columns, err := g.columns(ctx, from)
	if err != nil {
		return FocusGroupReport{}, err
	}
	r.Recruitment = recruited(all)
	r.Attributes = make([]string, len(columns))
	for i, c := range columns {
		r.Attributes[i] = c.name
	}
	r.Participants, r.Quotas = listed(all, columns), reached(columns, all)
	r.NotHeard = notHeard(r.Quotas)
	if r.Findings, err = readFindings(ctx, from, id, r.Recruitment.TookPart); err != nil {
		return FocusGroupReport{}, err
	}
	if r.Actions, err = readActions(ctx, from, id); err != nil {
		return FocusGroupReport{}, err
	}
	r.Method, r.Limits = methodOf(r.Session, r.Recruitment), limitsOf(r.Session, r.Recruitment, r.Quotas)
	if viewer.Coordinates() {
		lines, err := readCostLines(ctx, from, g)
		if err != nil {
			return FocusGroupReport{}, err
		}
		seats := seatCount{planned: g.Seats, attended: r.Recruitment.TookPart}
		for _, i := range all {
			if i.door.Usable(g.StartsAt.Time, g.EndsAt.Time) {
				seats.usable++
			}
		}
		r.Costs = reportedCosts(lines, g.Budget, g.Currency, seats)
	}
	r.View, err = viewOf(r)
	return r, err
}

func readReportRow(ctx context.Context, from bun.IDB, id uuid.UUID, condition string, args []any) (g reportRow, err error) {
	err = from.NewRaw(selectReport+condition, append([]any{id}, args...)...).Scan(ctx, &g)
	return g, database.OrNotFound(err)
}

func (g reportRow) session() ReportedSession {
	return ReportedSession{
		ID: g.ID, Topic: g.Topic, State: g.State, Starts: g.Starts, Ends: g.Ends, Zone: g.Zone, When: whenInWords(g.Starts, g.Ends, g.Zone),
		Minutes: int(g.EndsAt.Sub(g.StartsAt.Time).Minutes()), Language: g.Language, Venue: g.Venue, Room: g.Room, Seats: g.Seats, Minimum: g.Minimum,
	}
}

func (g reportRow) guide() ([]ReportedStep, error) {
	steps := []ReportedStep{}
	if err := json.Unmarshal([]byte(g.Guide), &steps); err != nil {
		return nil, fmt.Errorf("the guide of study %s: %w", g.StudyID, err)
	}
	return steps, nil
}

func readInvited(ctx context.Context, from bun.IDB, group uuid.UUID) ([]invited, error) {
	rows, err := selectInvitedToReport.Rows(ctx, from, group)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []invited
	for rows.Next() {
		var i invited
		var attributes string
		var arrived, left database.Time
		if err := rows.Scan(&i.id, &i.state, &i.sent, &i.accepted, &i.waitlisted, &i.erased, &attributes, &i.door.Outcome, &arrived, &left, &i.door.StruckOut); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(attributes), &i.attributes); err != nil {
			return nil, fmt.Errorf("the attributes of whom invitation %s is to: %w", i.id, err)
		}
		i.door.ArrivedAt, i.door.LeftAt = instant(arrived), instant(left)
		all = append(all, i)
	}
	return all, rows.Err()
}

func readFindings(ctx context.Context, from bun.IDB, group uuid.UUID, tookPart int) ([]ReportedTopic, error) {
	rows, err := selectReportedFindings.Rows(ctx, from, group)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	topics := []ReportedTopic{}
	for rows.Next() {
		var topic, quotes string
		theme := ReportedTheme{Of: tookPart, Quotes: []string{}}
		if err := rows.Scan(&topic, &theme.Theme, &theme.SaidBy, &quotes); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(quotes), &theme.Quotes); err != nil {
			return nil, fmt.Errorf("the quotes of a finding of group %s: %w", group, err)
		}
		theme.Sentence = saidBy(theme.SaidBy, tookPart)
		at := slices.IndexFunc(topics, func(t ReportedTopic) bool { return t.Topic == topic })
		if at < 0 {
			at, topics = len(topics), append(topics, ReportedTopic{Topic: topic})
		}
		topics[at].Themes = append(topics[at].Themes, theme)
	}
	return topics, rows.Err()
}

func readActions(ctx context.Context, from bun.IDB, group uuid.UUID) ([]ReportedAction, error) {
	rows, err := selectReportedActions.Rows(ctx, from, group)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	actions := []ReportedAction{}
	for rows.Next() {
		var a ReportedAction
		if err := rows.Scan(&a.Text, &a.Owner, &a.Due, &a.State, &a.Outcome, &a.Told); err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, rows.Err()
}

func readCostLines(ctx context.Context, from bun.IDB, g reportRow) ([]costLine, error) {
	rows, err := selectReportedCosts.Rows(ctx, from, g.ID, g.StudyID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []costLine
	for rows.Next() {
		var l costLine
		if err := rows.Scan(&l.ofThis, &l.kind, &l.planned, &l.actual, &l.currency, &l.rate); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// latestRecord joins, of the records made of an invitation (alias i) at the door, the one that was seen last: it holds.
const latestRecord = ` LEFT JOIN attendance a ON a.invitation_id = i.id
	AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.invitation_id = i.id AND (later.recorded_at, later.id) > (a.recorded_at, a.id)) `

var (
	selectInvitedToReport = database.Prepared(`SELECT i.id, i.state, i.sent_at IS NOT NULL, i.accepted_at IS NOT NULL, i.waitlisted_at IS NOT NULL,
		p.erased_at IS NOT NULL, p.attributes, COALESCE(a.outcome, ''), a.arrived_at, a.left_at, COALESCE(a.struck_out, '')
		FROM invitations i JOIN participants p ON p.id = i.participant_id` + latestRecord + `WHERE i.focus_group_id = ? ORDER BY i.id`)
	selectReportedFindings = database.Prepared("SELECT topic, theme, said_by, quotes FROM findings WHERE focus_group_id = ? ORDER BY position, id")
	selectReportedActions  = database.Prepared(`SELECT a.text, u.name, a.due, a.state, a.outcome, a.told_at IS NOT NULL
		FROM actions a JOIN users u ON u.id = a.owner_id WHERE a.focus_group_id = ? ORDER BY a.due, a.id`)
	selectReportedCosts = database.Prepared(`SELECT c.focus_group_id = ?, c.kind, c.planned, c.actual, c.currency, c.rate
		FROM costs c JOIN focus_groups g ON g.id = c.focus_group_id WHERE g.study_id = ? ORDER BY c.id`)
)
