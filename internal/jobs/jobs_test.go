package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/jobs"
)

// clock is a clock that the test sets.
type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

type world struct {
	*testing.T
	db     *database.DB
	clock  *clock
	runner *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, db: databasetest.Open(t), clock: &clock{}}
	w.clock.micros.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMicro())
	w.runner = w.newRunner()
	return w
}

func (w *world) newRunner() *jobs.Runner { return jobs.NewRunner(w.db, w.clock.Now) }

func (w *world) add(list ...jobs.Job) {
	w.Helper()
	require.NoError(w, w.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		for _, job := range list {
			if err := jobs.Add(ctx, tx, job); err != nil {
				return err
			}
		}
		return nil
	}))
}

// rows tells of each job "state attempts last_error", without recurring work.
func (w *world) rows() []string {
	w.Helper()
	list := []string{}
	require.NoError(w, w.db.Read().NewRaw(`SELECT state || ' ' || attempts || ' ' || last_error FROM jobs
		WHERE kind <> 'sweep finished jobs' ORDER BY id`).Scan(context.Background(), &list))
	return list
}

func (w *world) runDue(expected int) {
	w.Helper()
	n, err := w.runner.RunDue(context.Background())
	require.NoError(w, err)
	require.Equal(w, expected, n)
}

func TestAJobRunsOnceWithWhatItWasGiven(t *testing.T) {
	w := newWorld(t)
	var got []jobs.Job
	w.runner.Handle("greet", func(_ context.Context, job jobs.Job) error {
		got = append(got, job)
		return nil
	})
	id := uuid.Must(uuid.NewV7())
	w.add(jobs.Job{ID: id, Kind: "greet", Payload: json.RawMessage(`{"visit": "ü '?"}`), RunAt: w.clock.Now()})
	w.runDue(1)
	w.runDue(0)
	require.Equal(t, []jobs.Job{{ID: id, Kind: "greet", Payload: json.RawMessage(`{"visit": "ü '?"}`), RunAt: w.clock.Now(), Attempt: 1}}, got)
	require.Empty(t, w.rows())
}

func TestAJobIsThereOnlyWhenItsTransactionIs(t *testing.T) {
	w := newWorld(t)
	w.runner.Handle("greet", func(context.Context, jobs.Job) error { return nil })
	refused := errors.New("refused")
	require.ErrorIs(t, w.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		if err := jobs.Add(ctx, tx, jobs.Job{Kind: "greet"}); err != nil {
			return err
		}
		return refused
	}), refused)
	w.runDue(0)
}

func TestAJobWaitsForItsTime(t *testing.T) {
	w := newWorld(t)
	w.runner.Handle("remind", func(context.Context, jobs.Job) error { return nil })
	w.add(jobs.Job{Kind: "remind", RunAt: w.clock.Now().Add(time.Hour)})
	w.clock.Advance(time.Hour - time.Microsecond)
	w.runDue(0)
	w.clock.Advance(time.Microsecond)
	w.runDue(1)
}

func TestAJobWithAKeyRunsOnceHoweverOftenItIsAdded(t *testing.T) {
	w := newWorld(t)
	var ran []string
	handle := func(_ context.Context, job jobs.Job) error {
		ran = append(ran, job.Kind+" "+job.Key)
		return nil
	}
	w.runner.Handle("remind", handle)
	w.runner.Handle("report", handle)
	for range 2 {
		w.add(jobs.Job{Kind: "remind", Key: "a"}, jobs.Job{Kind: "remind", Key: "a"}, jobs.Job{Kind: "report", Key: "a"}, jobs.Job{Kind: "report"})
		_, err := w.runner.RunDue(context.Background())
		require.NoError(t, err)
	}
	require.ElementsMatch(t, []string{"remind a", "report a", "report ", "report "}, ran)

	w.clock.Advance(91 * 24 * time.Hour)
	w.runDue(0) // the sweep
	require.Empty(t, w.rows())
}

func TestAFailedTryComesAgainLaterAndLaterUntilTheJobHasFailed(t *testing.T) {
	w := newWorld(t)
	var tries, last int
	w.runner.Handle("flaky", func(_ context.Context, job jobs.Job) error {
		tries++
		require.Equal(t, tries, job.Attempt)
		if job.Last {
			last++
		}
		return fmt.Errorf("try %d \x00\xff%s", job.Attempt, strings.Repeat("long", 1000))
	})
	w.add(jobs.Job{Kind: "flaky"})
	var usual time.Duration
	for attempt := 1; attempt <= jobs.MaxAttempts; attempt++ {
		_, err := w.runner.RunDue(context.Background())
		require.ErrorContains(t, err, fmt.Sprintf("flaky: try %d", attempt))
		w.runDue(0) // not at once
		if attempt < jobs.MaxAttempts {
			require.Contains(t, w.rows()[0], fmt.Sprintf("waiting %d try %d", attempt, attempt))
			w.clock.Advance(jobs.Backoff(attempt, 1))
			usual += jobs.Backoff(attempt, 0.5)
		}
	}
	require.Contains(t, w.rows()[0], "failed 15 try 15")
	require.Less(t, len(w.rows()[0]), 1100)
	require.Equal(t, jobs.MaxAttempts, tries)
	require.Equal(t, 1, last)
	require.Greater(t, usual, 24*time.Hour, "an outage of a day is survived")
	w.clock.Advance(89 * 24 * time.Hour)
	w.runDue(0)
	require.Len(t, w.rows(), 1, "a failed job stays to be seen")
}

func TestAPermanentErrorIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.runner.Handle("refused", func(context.Context, jobs.Job) error {
		return fmt.Errorf("sending: %w", jobs.Permanent(errors.New("no such address")))
	})
	w.add(jobs.Job{Kind: "refused"})
	_, err := w.runner.RunDue(context.Background())
	require.ErrorContains(t, err, "no such address")
	require.Equal(t, []string{"failed 1 sending: no such address"}, w.rows())
}

func TestAHandlerThatPanicsOrLeavesFailsItsTryAndNothingElse(t *testing.T) {
	w := newWorld(t)
	ok := 0
	w.runner.Handle("panics", func(context.Context, jobs.Job) error { panic("boom") })
	w.runner.Handle("leaves", func(context.Context, jobs.Job) error { runtime.Goexit(); return nil })
	w.runner.Handle("works", func(context.Context, jobs.Job) error { ok++; return nil })
	w.add(jobs.Job{Kind: "panics"}, jobs.Job{Kind: "leaves"}, jobs.Job{Kind: "works"})
	n, err := w.runner.RunDue(context.Background())
	require.Equal(t, 3, n)
	require.ErrorContains(t, err, "panics: panic: boom")
	require.ErrorContains(t, err, "leaves: the handler left without an answer")
	require.Equal(t, 1, ok)
	require.Equal(t, []string{"waiting 1 panic: boom", "waiting 1 the handler left without an answer"}, w.rows())
}

// die makes a runner take its due jobs and never come back, as a process that is killed while they run.
func (w *world) die(kind string) {
	w.Helper()
	taken, forever := make(chan struct{}), make(chan struct{})
	w.Cleanup(func() { close(forever) })
	doomed := w.newRunner()
	doomed.Handle(kind, func(context.Context, jobs.Job) error {
		close(taken)
		<-forever
		return nil
	})
	go doomed.RunDue(context.Background())
	<-taken
}

func TestAJobOfAKilledRunnerRunsAgainAfterItsLease(t *testing.T) {
	w := newWorld(t)
	var attempts []int
	w.runner.Handle("send", func(_ context.Context, job jobs.Job) error {
		attempts = append(attempts, job.Attempt)
		return nil
	})
	w.add(jobs.Job{Kind: "send"})
	w.die("send")
	w.clock.Advance(jobs.Lease - time.Second)
	w.runDue(0)
	w.clock.Advance(time.Second)
	w.runDue(1)
	require.Equal(t, []int{2}, attempts)
}

func TestARunnerThatLostItsLeaseDoesNotTouchTheJob(t *testing.T) {
	w := newWorld(t)
	w.add(jobs.Job{Kind: "slow"})
	taken, goOn, finished := make(chan struct{}), make(chan struct{}), make(chan struct{})
	slow := w.newRunner()
	slow.Handle("slow", func(context.Context, jobs.Job) error {
		close(taken)
		<-goOn
		return nil
	})
	go func() {
		defer close(finished)
		slow.RunDue(context.Background())
	}()
	<-taken
	w.clock.Advance(jobs.Lease)
	w.runner.Handle("slow", func(context.Context, jobs.Job) error {
		close(goOn)
		<-finished // the late one has ended, and must not have deleted what is ours now
		return errors.New("ours")
	})
	_, err := w.runner.RunDue(context.Background())
	require.ErrorContains(t, err, "ours")
	require.Equal(t, []string{"waiting 2 ours"}, w.rows())
}

func TestAJobThatNeverComesToAnEndFailsInTheEnd(t *testing.T) {
	w := newWorld(t)
	w.add(jobs.Job{Kind: "kills"})
	for range jobs.MaxAttempts {
		w.die("kills")
		w.clock.Advance(jobs.Lease)
	}
	w.runner.Handle("kills", func(context.Context, jobs.Job) error { panic("it was tried once more") })
	_, err := w.runner.RunDue(context.Background())
	require.ErrorContains(t, err, "none of its tries came to an end")
	require.Equal(t, []string{"failed 16 none of its tries came to an end"}, w.rows())
}

func TestSeveralRunnersNeverRunAJobTwice(t *testing.T) {
	w := newWorld(t)
	const n = 60
	for range n {
		w.add(jobs.Job{Kind: "count"})
	}
	var mu sync.Mutex
	ran := map[uuid.UUID]int{}
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		runner := w.newRunner()
		runner.Handle("count", func(_ context.Context, job jobs.Job) error {
			mu.Lock()
			defer mu.Unlock()
			ran[job.ID]++
			return nil
		})
		all.Go(func() { _, errs[i] = runner.RunDue(context.Background()) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Len(t, ran, n)
	for id, times := range ran {
		require.Equal(t, 1, times, id)
	}
	require.Empty(t, w.rows())
}

func TestAKindThatNobodyHereKnowsWaits(t *testing.T) {
	w := newWorld(t)
	w.add(jobs.Job{Kind: "of a newer version"})
	w.runDue(0)
	require.Equal(t, []string{"waiting 0 "}, w.rows())
}

func TestRecurringWorkRunsOnceAnInterval(t *testing.T) {
	w := newWorld(t)
	ran := 0
	fails := errors.New("fails")
	var answer error
	sweep := func(context.Context) error { ran++; return answer }
	w.runner.Every(time.Minute, "expire", sweep)
	other := w.newRunner()
	other.Every(time.Minute, "expire", sweep)

	w.runDue(0)
	require.Equal(t, 1, ran, "at once")
	_, err := other.RunDue(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, ran, "not on another node as well")
	w.clock.Advance(59 * time.Second)
	w.runDue(0)
	require.Equal(t, 1, ran)
	for range jobs.MaxAttempts + 2 {
		answer = fails
		w.clock.Advance(time.Minute)
		_, err = w.runner.RunDue(context.Background())
		require.ErrorIs(t, err, fails)
	}
	answer = nil
	w.clock.Advance(time.Minute)
	w.runDue(0)
	require.Equal(t, jobs.MaxAttempts+4, ran, "a failure never ends it")
	require.Equal(t, []string{"waiting 0 "}, w.rows())
}

func TestAStoppedRunnerFinishesWhatItBegan(t *testing.T) {
	w := newWorld(t)
	begun, goOn, stopped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var told error
	w.runner.Handle("long", func(ctx context.Context, _ jobs.Job) error {
		close(begun)
		<-goOn
		told = ctx.Err()
		return nil
	})
	w.add(jobs.Job{Kind: "long"})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(stopped)
		w.runner.Run(ctx)
	}()
	<-begun
	stop()
	close(goOn)
	<-stopped
	require.NoError(t, told, "stopping does not cancel a job")
	require.Empty(t, w.rows())
}

func TestARunningRunnerTakesWhatIsAddedLater(t *testing.T) {
	w := newWorld(t)
	ran := make(chan string, 20)
	w.runner.Handle("greet", func(_ context.Context, job jobs.Job) error {
		ran <- job.Key
		return nil
	})
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		w.runner.Run(ctx)
	}()
	for i := range 20 {
		w.add(jobs.Job{Kind: "greet", Key: fmt.Sprint(i)})
	}
	seen := map[string]bool{}
	for range 20 {
		seen[<-ran] = true
	}
	require.Len(t, seen, 20)
	stop()
	<-stopped
}

func TestTheBackoffGrowsStaysBoundedAndIsSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, 1000).Draw(t, "attempt")
		chance := rapid.Float64Range(0, 0.999).Draw(t, "chance")
		wait := jobs.Backoff(attempt, chance)
		require.GreaterOrEqual(t, wait, 15*time.Second)
		require.LessOrEqual(t, wait, 6*time.Hour)
		require.LessOrEqual(t, wait, jobs.Backoff(attempt+1, chance))
		require.LessOrEqual(t, jobs.Backoff(attempt, 0), wait)
	})
}

func TestAJobThatMakesNoSenseIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, job := range []jobs.Job{{}, {Kind: "a", Payload: json.RawMessage(`{`)}} {
		require.Error(t, w.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error { return jobs.Add(ctx, tx, job) }))
	}
	w.runner.Handle("a", nil)
	require.Panics(t, func() { w.runner.Handle("a", nil) })
}
