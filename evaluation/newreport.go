package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/walltime"
)

// newReport is what the mail to a branch's managers is about. It names no evaluation: the mail tells that something was
// approved on the day before, which the branch's own pages show as well, and nothing of when the visit was made.
//
// The mail comes on the morning after the approval and gathers all that was approved until then. An hour that is always
// the same says nothing; one that followed each approval by some minutes, whether by chance or not, would tell of each
// of them, and in the course of time of when the office works on whose visits.
type newReport struct {
	Branch uuid.UUID `json:"branch"`
	Since  int64     `json:"since"` // the first of the approvals that it gathers, in microseconds
}

const (
	// morning is the hour of a zone's day at which managers get their mail.
	morning = 7
	// newsKept is how late a mail to managers may come: what could not be sent for longer is no news any more.
	newsKept = 7 * 24 * time.Hour
	// jobNewReport finds the managers of a branch, on the morning on which they are told.
	jobNewReport = "new-report"
)

// nextMorning is when an approval of this time is told: at the next 07:00 in the zone. In the minute before, it is that
// of the day after: the transaction may end, or another node's clock stand, after the mail was made.
func nextMorning(now time.Time, zone *time.Location) time.Time {
	local := now.In(zone)
	for day := local.Day(); ; day++ {
		at := time.Date(local.Year(), local.Month(), day, morning, 0, 0, 0, zone)
		if at.After(now.Add(time.Minute)) {
			return at
		}
	}
}

// queueNewReport has the branch's managers told in the morning: once, however many approvals the day sees. Who they are
// is found then, so that who has joined meanwhile is told and who has left is not.
func queueNewReport(ctx context.Context, tx bun.Tx, branch uuid.UUID, now time.Time) error {
	var zone string
	if err := selectZone.Row(ctx, tx, branch).Scan(&zone); err != nil {
		return err
	}
	location, err := walltime.Zone(zone)
	if err != nil {
		return err
	}
	at := nextMorning(now, location)
	payload, err := json.Marshal(newReport{branch, now.UnixMicro()})
	if err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.Job{Kind: jobNewReport, Payload: payload, RunAt: at, Key: fmt.Sprintf("%s:%d", branch, at.UnixMicro())})
}

var selectZone = database.Prepared("SELECT zone FROM branches WHERE id = ?")

// tellManagers orders a mail to each manager of the branch.
func (l *Letters) tellManagers(ctx context.Context, job jobs.Job) error {
	var report newReport
	if err := json.Unmarshal(job.Payload, &report); err != nil {
		return err
	}
	return l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var managers []uuid.UUID
		err := tx.NewRaw(`SELECT u.id FROM branch_managers m JOIN users u ON u.id = m.user_id
			WHERE m.branch_id = ? AND (u.roles & ?) <> 0 AND u.disabled_at IS NULL ORDER BY u.id`,
			report.Branch, int64(account.Manager)).Scan(ctx, &managers)
		if err != nil {
			return err
		}
		for _, to := range managers {
			err := mail.Queue(ctx, tx, mail.Order{Template: "new-report", To: to, About: report, At: job.RunAt,
				Key: fmt.Sprintf("%s:%s:%d", report.Branch, to, job.RunAt.UnixMicro())})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// aboutNewReport writes the letter, if they still manage the branch and not all that was approved is open again.
func (l *Letters) aboutNewReport(ctx context.Context, order mail.Order) (*mail.Message, error) {
	var report newReport
	if err := order.Read(&report); err != nil || l.late(order) {
		return nil, err
	}
	var name string
	err := l.DB.Read().NewRaw(`SELECT b.name FROM branches b
		JOIN branch_managers m ON m.branch_id = b.id AND m.user_id = ?
		JOIN users u ON u.id = m.user_id AND (u.roles & ?) <> 0
		WHERE b.id = ? AND EXISTS (SELECT 1 FROM evaluations e WHERE e.branch_id = b.id AND e.approved_at >= ? AND e.approved_at < ?)`,
		order.To, int64(account.Manager), report.Branch, report.Since, database.At(order.At)).Scan(ctx, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l.write(ctx, order, map[string]any{"Link": l.branchLink(report.Branch), "Branch": name})
}

// late is true of a mail to managers that is no news any more.
func (l *Letters) late(order mail.Order) bool { return l.Clock().After(order.At.Add(newsKept)) }

func (l *Letters) branchLink(branch uuid.UUID) string {
	return l.PublicURL + "/branches/" + branch.String()
}
