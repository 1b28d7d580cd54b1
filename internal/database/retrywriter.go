package database

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
)

// retryWriter is PostgreSQL's: one serializable transaction a function, run again when the server says that it could
// not be put in an order with its neighbours.
type retryWriter struct{ db *bun.DB }

const maxAttempts = 20

func (w retryWriter) write(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := w.db.RunInTx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelSerializable}, fn)
		if !tryAgain(err) || attempt == maxAttempts {
			return err
		}
		time.Sleep(time.Duration(rand.Int64N(int64(min(attempt, 8)) * int64(5*time.Millisecond))))
	}
}

func (w retryWriter) close() error { return nil }

// tryAgain is true of 40001 (serialization failure) and 40P01 (deadlock detected).
func tryAgain(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
