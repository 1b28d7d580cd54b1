package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/mattn/go-sqlite3"
	"github.com/uptrace/bun"
)

// groupWriter is SQLite's one writer: it takes all functions that wait, runs them in one transaction with a savepoint
// each, commits once, and only then answers them. Many callers so share one fsync, and none is told "done" before it.
type groupWriter struct {
	db   *bun.DB
	conn bun.Conn // the only connection that writes

	savepoint, rollbackTo, release driver.Stmt

	queue chan *write
	done  chan struct{}

	mu     sync.RWMutex // keeps the queue from being closed under a sender
	closed bool

	// What follows belongs to the goroutine that runs the transaction.
	group      []*write // what the transaction carries
	committing bool
}

// write is one call of Write on its way through the writer.
type write struct {
	ctx      context.Context
	fn       func(context.Context, bun.Tx) error
	started  bool
	err      error
	panicked *Panic
	exited   bool
	answered chan struct{}
}

// Panic is what comes out of Write when fn panicked in the writer's goroutine.
type Panic struct {
	Value any
	Stack []byte // where fn panicked
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// maxGroup bounds how much one commit carries, and so how long the first of a group waits for the last.
const maxGroup = 256

// errLost says that the transaction is gone though nobody ended it: SQLite rolls back whole transactions when a
// statement is interrupted, the disk is full or cannot be read.
var errLost = errors.New("the transaction no longer stands")

func newGroupWriter(ctx context.Context, db *bun.DB) (*groupWriter, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &groupWriter{db: db, conn: conn, queue: make(chan *write, maxGroup), done: make(chan struct{})}
	if err := conn.Raw(w.prepare); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.run()
	return w, nil
}

func (w *groupWriter) prepare(c any) (err error) {
	sqlite := c.(*sqlite3.SQLiteConn)
	// A checkpoint costs two fsyncs and writes each page once, however often it was written since the last: where rows
	// fall all over a large index, a few large checkpoints are much cheaper than many small ones. In pages: 16 MB.
	if _, err := sqlite.Exec("PRAGMA wal_autocheckpoint = 4000", nil); err != nil {
		return err
	}
	// Once a transaction is lost, SQLite would commit each further statement by itself. A function that goes on after
	// the error must find that nothing is kept: the only commit there is, is the writer's own.
	sqlite.RegisterCommitHook(func() int {
		if w.committing {
			return 0
		}
		return 1
	})
	for text, stmt := range map[string]*driver.Stmt{
		"SAVEPOINT one": &w.savepoint, "ROLLBACK TO one": &w.rollbackTo, "RELEASE one": &w.release,
	} {
		if *stmt, err = sqlite.Prepare(text); err != nil {
			return err
		}
	}
	return nil
}

func (w *groupWriter) write(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	one := &write{ctx: ctx, fn: fn, answered: make(chan struct{})}
	if err := w.enqueue(one); err != nil {
		return err
	}
	<-one.answered
	if one.panicked != nil {
		panic(one.panicked)
	}
	if one.exited {
		runtime.Goexit()
	}
	return one.err
}

func (w *groupWriter) enqueue(one *write) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.queue <- one:
		return nil
	case <-one.ctx.Done():
		return one.ctx.Err()
	}
}

func (w *groupWriter) close() error {
	w.mu.Lock()
	again := w.closed
	if !again {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
	if again {
		return nil
	}
	for _, stmt := range []driver.Stmt{w.savepoint, w.rollbackTo, w.release} {
		stmt.Close()
	}
	return errors.Join(w.conn.Close(), w.db.Close())
}

func (w *groupWriter) run() {
	defer close(w.done)
	for first := range w.queue {
		if tx, err := w.begin(); err != nil {
			w.refuse(first, err)
		} else if err := w.commit(tx, first, w.queue); err != nil {
			w.oneByOne(err)
		}
		for _, one := range w.group {
			close(one.answered)
		}
		clear(w.group)
		w.group = w.group[:0]
	}
}

func (w *groupWriter) begin() (bun.Tx, error) { return w.conn.BeginTx(context.Background(), nil) }

// refuse answers everybody who waits already: where another process holds the lock past the busy timeout, each of them
// would otherwise wait as long again.
func (w *groupWriter) refuse(first *write, err error) {
	for one := first; one != nil; one = next(w.queue) {
		w.group = append(w.group, one)
	}
	for _, one := range w.group {
		one.err = err
	}
}

// oneByOne runs a group again after its transaction was lost: only the function that loses it must suffer.
func (w *groupWriter) oneByOne(lost error) {
	group := append([]*write(nil), w.group...)
	lockedOut := false
	for _, one := range group {
		if one.exited {
			continue // it asked for no answer, and a test that has failed once need not fail twice
		}
		if len(group) > 1 && !lockedOut {
			var tx bun.Tx
			if tx, lost = w.begin(); lost == nil {
				lost = w.commit(tx, one, nil)
			} else {
				lockedOut = true
			}
		}
		if lost != nil && one.err == nil {
			one.err = lost
		}
	}
	w.group = group
}

// commit runs first, then what waits in more, in the transaction, and commits. An error means that nothing was kept.
func (w *groupWriter) commit(tx bun.Tx, first *write, more <-chan *write) error {
	err := errLost
	left := make(chan struct{})
	// A goroutine of its own, because runtime.Goexit in a function (a test that fails) ends the one that it runs in.
	go func() {
		defer close(left)
		defer func() { _ = tx.Rollback() }() // no error where it was committed, or lost
		err = w.runAll(tx, first, more)
	}()
	<-left
	return err
}

func (w *groupWriter) runAll(tx bun.Tx, first *write, more <-chan *write) error {
	w.group = w.group[:0]
	for one := first; one != nil; one = next(more) {
		w.group = append(w.group, one)
		if err := w.runOne(one, tx); err != nil {
			return err
		}
		if len(w.group) == maxGroup {
			break
		}
	}
	w.committing = true
	defer func() { w.committing = false }()
	return tx.Commit()
}

// next gives what waits in the queue, or nil.
func next(queue <-chan *write) *write {
	select {
	case one := <-queue:
		return one
	default:
		return nil
	}
}

// runOne runs one function inside its own savepoint. The error is the transaction's; the function's own is in one.err.
func (w *groupWriter) runOne(one *write, tx bun.Tx) error {
	if !one.started {
		if one.err = one.ctx.Err(); one.err != nil {
			return nil
		}
		one.started = true
	}
	if err := execute(w.savepoint); err != nil {
		return err
	}
	one.call(tx)
	if one.err != nil || one.panicked != nil {
		if err := execute(w.rollbackTo); err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
	}
	if err := execute(w.release); err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return nil
}

// execute runs a statement that has no parameters, below database/sql: it is run for each function of a group.
func execute(stmt driver.Stmt) error {
	_, err := stmt.(driver.StmtExecContext).ExecContext(context.Background(), nil)
	return err
}

func (one *write) call(tx bun.Tx) {
	one.err, one.panicked, one.exited = nil, nil, true
	defer func() {
		if value := recover(); value != nil {
			one.panicked, one.exited = &Panic{Value: value, Stack: debug.Stack()}, false
		}
	}()
	one.err = one.fn(context.WithoutCancel(one.ctx), tx)
	one.exited = false
}
