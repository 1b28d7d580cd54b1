package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// finishedKept is how long a job stays that has failed, or that is done and has a key.
const finishedKept = 90 * 24 * time.Hour

// claimed is a job that this runner holds.
type claimed struct {
	Job
	holder string
}

type row struct {
	ID       uuid.UUID
	Kind     string
	Key      string
	Payload  string
	RunAt    database.Time
	Attempts int
}

// claim takes up to so many due jobs. While the lease lasts they are not due for anybody else.
func (r *Runner) claim(ctx context.Context, most int) ([]claimed, error) {
	if err := r.plant(ctx); err != nil {
		return nil, err
	}
	now := r.clock()
	kinds := r.names()
	// A runner with nothing to do only reads.
	rows, err := due(ctx, r.db.Read(), now, kinds, most)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	holder := uuid.NewString()
	err = r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		found, err := due(ctx, tx, now, kinds, most)
		if err != nil {
			return err
		}
		rows = found
		if len(found) == 0 {
			return nil
		}
		ids := make([]uuid.UUID, len(found))
		for i, job := range found {
			ids[i] = job.ID
		}
		_, err = tx.NewRaw(`UPDATE jobs SET holder = ?, due_at = ?, attempts = attempts + 1
			WHERE id IN (?) AND state = 'waiting' AND due_at <= ?`,
			holder, database.At(now.Add(Lease)), bun.List(ids), database.At(now)).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	jobs := make([]claimed, len(rows))
	for i, job := range rows {
		jobs[i] = claimed{holder: holder, Job: Job{
			ID: job.ID, Kind: job.Kind, Key: job.Key, Payload: json.RawMessage(job.Payload), RunAt: job.RunAt.Time,
			Attempt: job.Attempts + 1, Last: job.Attempts+1 >= MaxAttempts,
		}}
	}
	return jobs, nil
}

func due(ctx context.Context, db bun.IDB, now time.Time, kinds []string, most int) ([]row, error) {
	var rows []row
	err := db.NewRaw(`SELECT id, kind, COALESCE(key, '') AS key, payload, run_at, attempts FROM jobs
		WHERE state = 'waiting' AND due_at <= ? AND kind IN (?) ORDER BY due_at, id LIMIT ?`,
		database.At(now), bun.List(kinds), most).Scan(ctx, &rows)
	return rows, err
}

// finish writes down what came of a job, unless its lease ran out and somebody else has it now.
func (r *Runner) finish(ctx context.Context, job claimed, failure error) error {
	now := r.clock()
	h := r.kinds[job.Kind]
	words := ""
	if failure != nil {
		words = errorWords(failure)
	}
	var mark permanent
	var wait later
	return r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		switch {
		case h.every > 0:
			_, err = tx.ExecContext(ctx, `UPDATE jobs SET due_at = ?, holder = '', attempts = 0, last_error = ? WHERE id = ? AND holder = ?`,
				database.At(now.Add(h.every)), words, job.ID, job.holder)
		case errors.As(failure, &wait):
			_, err = tx.ExecContext(ctx, `UPDATE jobs SET due_at = ?, holder = '', attempts = attempts - 1 WHERE id = ? AND holder = ?`,
				database.At(wait.at), job.ID, job.holder)
		case failure == nil && job.Key == "":
			_, err = tx.ExecContext(ctx, `DELETE FROM jobs WHERE id = ? AND holder = ?`, job.ID, job.holder)
		case failure == nil:
			_, err = tx.ExecContext(ctx, `UPDATE jobs SET state = 'done', holder = '', last_error = '', finished_at = ? WHERE id = ? AND holder = ?`,
				database.At(now), job.ID, job.holder)
		case job.Last || errors.As(failure, &mark):
			_, err = tx.ExecContext(ctx, `UPDATE jobs SET state = 'failed', holder = '', last_error = ?, finished_at = ? WHERE id = ? AND holder = ?`,
				words, database.At(now), job.ID, job.holder)
		default:
			_, err = tx.ExecContext(ctx, `UPDATE jobs SET due_at = ?, holder = '', last_error = ? WHERE id = ? AND holder = ?`,
				database.At(now.Add(Backoff(job.Attempt, rand.Float64()))), words, job.ID, job.holder)
		}
		return err
	})
}

// Backoff is how long a job waits after its failed try number attempt: half a minute, doubled each time up to four
// hours, and by chance (0 ≤ chance < 1) half as long to one and a half times, so that what failed together does not
// come back together.
func Backoff(attempt int, chance float64) time.Duration {
	wait := min(30*time.Second<<min(attempt-1, 20), 4*time.Hour)
	return wait/2 + time.Duration(chance*float64(wait))
}

func (r *Runner) sweep(ctx context.Context) error {
	before := database.At(r.clock().Add(-finishedKept))
	return r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE finished_at < ?`, before)
		return err
	})
}

func add(job Job) func(context.Context, bun.Tx) error {
	return func(ctx context.Context, tx bun.Tx) error { return Add(ctx, tx, job) }
}

// errorWords is an error as text that every database keeps: valid, without NUL, of bounded length.
func errorWords(err error) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "�"), "\x00", "�")
	if runes := []rune(text); len(runes) > 1000 {
		text = string(runes[:1000]) + "…"
	}
	return text
}
