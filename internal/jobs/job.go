// Package jobs keeps work that runs later: as rows, written in the transaction that asks for it, so that the work is
// there exactly when what asked for it is. Each job runs at least once; who handles it must bear a second time.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Job is one piece of work.
type Job struct {
	ID      uuid.UUID       // made where it is zero
	Kind    string          // who handles it
	Payload json.RawMessage // ids, never a secret or an address; may be empty
	RunAt   time.Time       // not before; the zero time is at once
	// Key keeps a job from being added twice: while there is a job of the same kind and key, waiting or failed or
	// done within the last 90 days, adding another does nothing. Empty is as often as it is added.
	Key     string
	Attempt int  // which try this is, from 1; set for the handler
	Last    bool // no try follows this one; set for the handler
}

var insertJob = database.Prepared(`INSERT INTO jobs (id, kind, key, payload, state, run_at, due_at, holder, attempts, last_error)
	VALUES (?, ?, ?, ?, 'waiting', ?, ?, '', 0, '') ON CONFLICT (kind, key) DO NOTHING`)

// Add adds the job in the caller's transaction.
func Add(ctx context.Context, tx bun.IDB, job Job) error {
	if job.Kind == "" {
		return errors.New("a job needs a kind")
	}
	if job.ID == uuid.Nil {
		job.ID = database.NewID(job.RunAt)
	}
	if len(job.Payload) == 0 {
		job.Payload = json.RawMessage("null")
	}
	if !json.Valid(job.Payload) {
		return fmt.Errorf("the payload of a job %q is not JSON", job.Kind)
	}
	var key any
	if job.Key != "" {
		key = job.Key
	}
	due := int64(0)
	if !job.RunAt.IsZero() {
		due = job.RunAt.UnixMicro()
	}
	_, err := insertJob.Exec(ctx, tx, job.ID.String(), job.Kind, key, string(job.Payload), database.At(job.RunAt), due)
	return err
}

// Drop takes jobs out, whatever became of them, with what their errors said. One that runs now comes to its end.
func Drop(ctx context.Context, tx bun.IDB, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.NewDelete().Table("jobs").Where("id IN (?)", bun.List(ids)).Exec(ctx)
	return err
}

// permanent is an error after which a job is not tried again.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that another try would meet again: the job has failed.
func Permanent(err error) error { return permanent{err} }

// later is an answer by which a job asks for another time.
type later struct{ at time.Time }

func (l later) Error() string { return "not before " + l.at.Format(time.RFC3339) }

// Later is returned by a handler that did nothing because it is too early: the job comes again at that time, and this
// was no try.
func Later(at time.Time) error { return later{at} }
