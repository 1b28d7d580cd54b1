package database

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// retryWriter is PostgreSQL's: one serializable transaction a function, run again when the server says that it could
// not be put in an order with its neighbours.
//
// Whoever was refused once goes on in turn, one at a time: many who want the same row would otherwise keep refusing each
// other, however often they try. They keep their connections meanwhile, so that few come between.
type retryWriter struct {
	db     *bun.DB
	turn   sync.Mutex   // held by the one who tries again
	mu     sync.RWMutex // held for reading by every write, so that closing waits for them
	closed bool
}

const maxAttempts = 40

func (w *retryWriter) write(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	conn, err := w.db.Conn(ctx) // fn has not started: a deadline ends the wait for a connection
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	try := func() error {
		return conn.RunInTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelSerializable}, fn)
	}
	if err = try(); !tryAgain(err) {
		return err
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	for attempt := 2; ; attempt++ {
		if err = try(); !tryAgain(err) || attempt == maxAttempts {
			return err
		}
		// Another node may be in the way.
		time.Sleep(rand.N(time.Duration(min(attempt-1, 10)) * 4 * time.Millisecond))
	}
}

func (w *retryWriter) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.db.Close()
}
