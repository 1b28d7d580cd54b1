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
// Whoever was refused once tries again alone: many who want the same row would otherwise keep refusing each other, however
// often they try. They keep their connections meanwhile, so that few come between.
type retryWriter struct {
	db     *bun.DB
	alone  sync.RWMutex // held for reading by first tries
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
	try := func(lock sync.Locker) error {
		lock.Lock()
		defer lock.Unlock()
		return conn.RunInTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelSerializable}, fn)
	}
	err = try(w.alone.RLocker())
	for attempt := 2; tryAgain(err) && attempt <= maxAttempts; attempt++ {
		if attempt > 2 { // another node is in the way
			time.Sleep(rand.N(time.Duration(min(attempt-2, 10)) * 4 * time.Millisecond))
		}
		err = try(&w.alone)
	}
	return err
}

func (w *retryWriter) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.db.Close()
}
