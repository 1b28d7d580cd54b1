package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"fieldcare/internal/database"
)

const (
	// Lease is how long a runner may keep a job. One that was killed meanwhile loses it to the next.
	Lease = 5 * time.Minute
	// MaxAttempts is how often a job is tried before it has failed; with Backoff the last try comes about a day after the first.
	MaxAttempts = 15

	handlerLimit = 4 * time.Minute // less than the lease: who is late must have stopped before another begins
	poll         = time.Second
	atOnce       = 8
)

// Runner runs the jobs of a database. Several runners, in one process or many, never run the same job at the same time.
// Everything is registered before it runs.
type Runner struct {
	db    *database.DB
	clock func() time.Time
	kinds map[string]handler

	planting sync.Mutex
	planted  bool
}

type handler struct {
	run   func(context.Context, Job) error
	every time.Duration // of recurring work; otherwise 0
}

// NewRunner makes a runner that knows no kind of job yet, and that sweeps up after itself once a day.
func NewRunner(db *database.DB, clock func() time.Time) *Runner {
	r := &Runner{db: db, clock: clock, kinds: map[string]handler{}}
	r.Every(24*time.Hour, "sweep finished jobs", r.sweep)
	return r
}

// Handle has fn handle the jobs of a kind. fn runs at least once for each, so it must bear a second time. Its context
// ends before the lease does. An error or a panic is a failed try: the job comes again after Backoff, until it was
// tried MaxAttempts times or the error is Permanent.
func (r *Runner) Handle(kind string, fn func(ctx context.Context, job Job) error) {
	r.register(kind, handler{run: fn})
}

// Every has fn run once an interval, on one of all nodes: first at once, then so long after its last end. A failure is
// logged, and the next run is the next try. The name is kept in the database and must not change.
func (r *Runner) Every(interval time.Duration, name string, fn func(ctx context.Context) error) {
	r.register(name, handler{run: func(ctx context.Context, _ Job) error { return fn(ctx) }, every: interval})
}

func (r *Runner) register(kind string, h handler) {
	if _, twice := r.kinds[kind]; twice {
		panic("jobs: two handlers for " + kind)
	}
	r.kinds[kind] = h
}

// Run runs jobs as they become due until ctx is done, and returns when those that it has begun are finished.
func (r *Runner) Run(ctx context.Context) {
	for {
		n, err := r.round(ctx)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "jobs cannot be taken", "error", err)
		}
		if n == atOnce {
			continue // more may wait
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(poll):
		}
	}
}

// round runs one handful of due jobs side by side.
func (r *Runner) round(ctx context.Context) (int, error) {
	claimed, err := r.claim(ctx, atOnce)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, job := range claimed {
		all.Go(func() { _ = r.runOne(ctx, job) }) // its error is kept in its row
	}
	all.Wait()
	return len(claimed), nil
}

// RunDue runs everything that is due now, one after the other, and what that adds, until nothing is left. n counts the
// jobs without recurring work; the errors are those of failed tries.
func (r *Runner) RunDue(ctx context.Context) (n int, err error) {
	var failures []error
	for {
		claimed, err := r.claim(ctx, atOnce)
		if err != nil || len(claimed) == 0 {
			return n, errors.Join(append(failures, err)...)
		}
		for _, job := range claimed {
			if err := r.runOne(ctx, job); err != nil {
				failures = append(failures, fmt.Errorf("%s: %w", job.Kind, err))
			}
			if r.kinds[job.Kind].every == 0 {
				n++
			}
		}
	}
}

// runOne runs a claimed job to its end, whatever becomes of ctx, and writes down what came of it.
func (r *Runner) runOne(ctx context.Context, job claimed) error {
	ctx = context.WithoutCancel(ctx)
	err := r.call(ctx, job.Job)
	tooEarly := errors.As(err, new(later))
	if err != nil && !tooEarly {
		slog.WarnContext(ctx, "a job failed", "kind", job.Kind, "id", job.ID, "attempt", job.Attempt, "error", err)
	}
	if e := r.finish(ctx, job, err); e != nil {
		slog.ErrorContext(ctx, "the end of a job cannot be written down: it will run again", "kind", job.Kind, "id", job.ID, "error", e)
		return errors.Join(err, e)
	}
	if tooEarly {
		return nil
	}
	return err
}

// call runs the handler in a goroutine of its own, so that neither a panic nor a runtime.Goexit leaves the job undone.
func (r *Runner) call(ctx context.Context, job Job) error {
	if job.Attempt > MaxAttempts {
		return Permanent(errors.New("none of its tries came to an end"))
	}
	ctx, cancel := context.WithTimeout(ctx, handlerLimit)
	defer cancel()
	err := errors.New("the handler left without an answer")
	left := make(chan struct{})
	go func() {
		defer close(left)
		defer func() {
			if value := recover(); value != nil {
				slog.ErrorContext(ctx, "a job panicked", "kind", job.Kind, "id", job.ID, "panic", value, "stack", string(debug.Stack()))
				err = fmt.Errorf("panic: %v", value)
			}
		}()
		err = r.kinds[job.Kind].run(ctx, job)
	}()
	<-left
	return err
}

// plant adds the rows of recurring work that are not there yet.
func (r *Runner) plant(ctx context.Context) error {
	r.planting.Lock()
	defer r.planting.Unlock()
	if r.planted {
		return nil
	}
	for _, kind := range r.names() {
		if r.kinds[kind].every == 0 {
			continue
		}
		if err := r.db.Write(ctx, add(Job{ID: database.NewID(r.clock()), Kind: kind, Key: kind})); err != nil {
			return err
		}
	}
	r.planted = true
	return nil
}

func (r *Runner) names() []string {
	names := make([]string, 0, len(r.kinds))
	for kind := range r.kinds {
		names = append(names, kind)
	}
	slices.Sort(names)
	return names
}
