package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// groupWriter is SQLite's one writer: it takes all functions that wait, runs them in one transaction with a savepoint
// each, commits once, and only then answers them. Many callers so share one fsync, and none is told "done" before it.
type groupWriter struct {
	db    *bun.DB
	queue chan *write
	done  chan struct{}
}

type write struct {
	ctx      context.Context
	fn       func(context.Context, bun.Tx) error
	err      error
	panicked any
	finished chan struct{}
}

// maxGroup bounds how much one commit carries, and so how long the first of a group waits for the last.
const maxGroup = 256

// errLost says that the transaction is gone though nobody ended it: SQLite rolls back whole transactions when a
// statement is interrupted, the disk is full or cannot be read.
var errLost = errors.New("the transaction no longer stands")

func newGroupWriter(db *bun.DB) *groupWriter {
	w := &groupWriter{db: db, queue: make(chan *write, maxGroup), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *groupWriter) write(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	one := &write{ctx: ctx, fn: fn, finished: make(chan struct{})}
	w.queue <- one
	<-one.finished
	if one.panicked != nil {
		panic(one.panicked)
	}
	return one.err
}

func (w *groupWriter) close() error {
	close(w.queue)
	<-w.done
	return w.db.Close()
}

func (w *groupWriter) run() {
	defer close(w.done)
	for first := range w.queue {
		group := []*write{first}
	more:
		for len(group) < maxGroup {
			select {
			case next, open := <-w.queue:
				if !open {
					break more
				}
				group = append(group, next)
			default:
				break more
			}
		}
		if err := w.commit(group); err != nil {
			for _, one := range group {
				if err := w.commit([]*write{one}); err != nil {
					one.err = err
				}
			}
		}
		for _, one := range group {
			close(one.finished)
		}
	}
}

// commit runs the group in one transaction. An error means that nothing of the group was kept.
func (w *groupWriter) commit(group []*write) error {
	ctx := context.Background()
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, one := range group {
		if err := one.in(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// in runs one function inside its own savepoint. The error is the transaction's; the function's own is in w.err.
func (w *write) in(tx bun.Tx) error {
	if w.err = w.ctx.Err(); w.err != nil {
		return nil
	}
	ctx := context.WithoutCancel(w.ctx)
	if _, err := tx.Tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	w.call(ctx, tx)
	end := "RELEASE one"
	if w.err != nil || w.panicked != nil {
		if _, err := tx.Tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
	}
	if _, err := tx.Tx.ExecContext(ctx, end); err != nil {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return nil
}

func (w *write) call(ctx context.Context, tx bun.Tx) {
	w.panicked = nil
	defer func() { w.panicked = recover() }()
	w.err = w.fn(ctx, tx)
}
