package evaluation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/walltime"
)

// Letters writes the mail that tells people of visits and evaluations, at the moment when it is sent: an order holds
// ids only, and what is no longer so is not sent.
type Letters struct {
	DB         *database.DB
	Checklists *Checklists
	PublicURL  string // without a slash at its end
	Clock      func() time.Time
}

// about is what a mail is about.
type about struct {
	Visit      uuid.UUID `json:"visit,omitzero"`
	Move       uuid.UUID `json:"move,omitzero"`    // whose reason is told
	Closes     int64     `json:"closes,omitempty"` // of a reminder: the end of the window that it was set for
	Evaluation uuid.UUID `json:"evaluation,omitzero"`
}

// queueVisit orders a mail about a visit to its shopper, who is still the one before the move where it takes the visit
// away.
func queueVisit(ctx context.Context, tx bun.Tx, template string, m *move, now time.Time) error {
	v := m.visit
	return mail.Queue(ctx, tx, mail.Order{Template: template, To: *v.ShopperID, About: about{Visit: v.ID, Move: m.id}, At: now,
		Key: fmt.Sprintf("%s:%s:%d", template, v.ID, v.Edition)})
}

// queueReminders orders the mails a day before the window closes, and when it closes and the report becomes due. They
// name the window: where it is moved meanwhile, they are not sent, and new ones were ordered.
func queueReminders(ctx context.Context, tx bun.Tx, v *visitRow, now time.Time) error {
	for _, r := range []struct {
		template string
		at       time.Time
	}{
		{"visit-closes-tomorrow", v.ClosesAt.Add(-24 * time.Hour)},
		{"report-due", v.ClosesAt.Time},
	} {
		if !r.at.After(now) {
			continue
		}
		closes := v.ClosesAt.UnixMicro()
		err := mail.Queue(ctx, tx, mail.Order{Template: r.template, To: *v.ShopperID, About: about{Visit: v.ID, Closes: closes}, At: r.at,
			Key: fmt.Sprintf("%s:%s:%s:%d", r.template, v.ID, *v.ShopperID, closes)})
		if err != nil {
			return err
		}
	}
	return nil
}

// queueEvaluation orders a mail about an evaluation to its shopper.
func queueEvaluation(ctx context.Context, tx bun.Tx, template string, e *evaluationRow, now time.Time) error {
	return mail.Queue(ctx, tx, mail.Order{Template: template, To: e.ShopperID, About: about{Evaluation: e.ID}, At: now,
		Key: fmt.Sprintf("%s:%s:%d", template, e.ID, e.Edition)})
}

// Register gives the letters to the post, and to the runner of jobs the work of finding out to whom they go.
func (l *Letters) Register(post *mail.Post, runner *jobs.Runner) {
	visitLetters := map[string][]State{
		"visit-offered":         {Offered},
		"visit-changed":         {Offered, Accepted},
		"visit-cancelled":       {Cancelled},
		"visit-taken-back":      States,
		"visit-closes-tomorrow": {Accepted},
		"report-due":            {Accepted},
	}
	for template, states := range visitLetters {
		post.Compose(template, func(ctx context.Context, order mail.Order) (*mail.Message, error) {
			return l.aboutVisit(ctx, order, states)
		})
	}
	for template, state := range map[string]State{
		"evaluation-approved":  Approved,
		"evaluation-returned":  Returned,
		"evaluation-rejected":  Rejected,
		"evaluation-submitted": Submitted,
		"evaluation-handed-in": "", // whatever became of it
	} {
		post.Compose(template, func(ctx context.Context, order mail.Order) (*mail.Message, error) {
			return l.aboutEvaluation(ctx, order, state)
		})
	}
	post.Compose("new-report", l.aboutNewReport)
	post.Compose("monthly-digest", l.aboutMonth)
	runner.Handle(JobSubmitted, l.tellCoordinators)
	runner.Handle(jobNewReport, l.tellManagers)
	runner.Every(time.Hour, "order monthly digests", l.orderDigests)
}

// tellCoordinators orders a mail to each coordinator.
func (l *Letters) tellCoordinators(ctx context.Context, job jobs.Job) error {
	var ref evaluationRef
	if err := json.Unmarshal(job.Payload, &ref); err != nil {
		return err
	}
	return l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var coordinators []uuid.UUID
		err := tx.NewSelect().Table("users").Column("id").
			Where("(roles & ?) <> 0 AND disabled_at IS NULL", int64(account.Coordinator)).Order("id").Scan(ctx, &coordinators)
		if err != nil {
			return err
		}
		for _, to := range coordinators {
			err := mail.Queue(ctx, tx, mail.Order{Template: "evaluation-submitted", To: to, About: about{Evaluation: ref.Evaluation}, At: job.RunAt,
				Key: fmt.Sprintf("evaluation-submitted:%s:%s:%s", ref.Evaluation, to, job.ID)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// post is who reads everything for a letter.
var post = account.User{Roles: account.Admin}

// aboutVisit writes a letter about a visit, if it is still in one of the states.
func (l *Letters) aboutVisit(ctx context.Context, order mail.Order, states []State) (*mail.Message, error) {
	var a about
	if err := order.Read(&a); err != nil {
		return nil, err
	}
	v, err := getVisit(ctx, l.DB.Read(), post, a.Visit)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// What was taken back is told, whatever became of the visit, unless it is theirs again; all else only to whom it is.
	theirs := v.ShopperID != nil && *v.ShopperID == order.To
	moved := a.Closes != 0 && a.Closes != v.ClosesAt.UnixMicro()
	if !slices.Contains(states, v.State) || theirs == (order.Template == "visit-taken-back") || moved {
		return nil, nil
	}
	reason := ""
	if order.Template == "visit-cancelled" || order.Template == "visit-taken-back" {
		if reason, err = l.reasonOf(ctx, a.Move); err != nil {
			return nil, err
		}
	}
	zone, err := walltime.Zone(v.Zone)
	if err != nil {
		return nil, err
	}
	visit := v.visit()
	return l.write(ctx, order, map[string]any{
		"Link": l.PublicURL + "/visits/" + v.ID.String(), "Branch": visit.Branch.Name, "Address": visit.Branch.Address,
		"Opens": wallWords(v.Opens), "Closes": wallWords(v.Closes), "Zone": v.Zone, "Reason": reason,
		"Deadline": wallWords(v.ExpiresAt.In(zone).Format(walltime.Layout)),
	})
}

func (l *Letters) reasonOf(ctx context.Context, move uuid.UUID) (reason string, err error) {
	err = l.DB.Read().NewSelect().Table("visit_moves").Column("reason").Where("id = ?", move).Scan(ctx, &reason)
	return reason, err
}

// aboutEvaluation writes a letter about an evaluation, if it is still in the state; in any, where none is given.
func (l *Letters) aboutEvaluation(ctx context.Context, order mail.Order, state State) (*mail.Message, error) {
	var a about
	if err := order.Read(&a); err != nil {
		return nil, err
	}
	e, err := getEvaluation(ctx, l.DB.Read(), post, a.Evaluation)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, nil
	}
	if err != nil || (state != "" && e.State != state) {
		return nil, err
	}
	version, err := l.Checklists.Version(ctx, e.ChecklistID, e.ChecklistVersion)
	if err != nil {
		return nil, err
	}
	questions := []string{}
	for _, id := range listOf(e.OpenQuestions) {
		if q := version.Question(id); q != nil {
			questions = append(questions, q.Text)
		}
	}
	data := map[string]any{
		"Link": l.PublicURL + "/evaluations/" + e.ID.String(), "Branch": e.BranchName, "Address": e.BranchAddress,
		"Words": e.Words, "Reason": e.Words, "Questions": questions,
	}
	if e.Grade != nil {
		data["Grade"] = *e.Grade
	}
	return l.write(ctx, order, data)
}

// write renders the template for the person it goes to.
func (l *Letters) write(ctx context.Context, order mail.Order, data map[string]any) (*mail.Message, error) {
	settings, err := readSettings(ctx, l.DB.Read())
	if err != nil {
		return nil, err
	}
	data["Organisation"] = settings.Organisation
	return mail.Write(ctx, l.DB.Read(), order, data)
}

// wallWords is a wall time for people: Saturday 21 November 2026, 09:00.
func wallWords(wall string) string {
	at, err := time.Parse(walltime.Layout, wall)
	if err != nil {
		return wall
	}
	return at.Format("Monday 2 January 2006, 15:04")
}
