package database

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// Statement is a hot statement that goes to the driver with its parameters apart, below bun, which writes values into
// the text and so never lets the driver keep the parsed statement.
type Statement struct{ question, dollar string }

// Prepared takes a statement with ? for each parameter. It must hold no other question mark.
func Prepared(query string) *Statement {
	var dollar strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			dollar.WriteString("$" + strconv.Itoa(n))
			continue
		}
		dollar.WriteRune(r)
	}
	return &Statement{question: query, dollar: dollar.String()}
}

// Exec runs the statement and says how many rows it changed.
func (s *Statement) Exec(ctx context.Context, tx bun.IDB, args ...any) (int64, error) {
	result, err := under(tx).ExecContext(ctx, s.text(tx), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Row runs the statement and gives its first row.
func (s *Statement) Row(ctx context.Context, tx bun.IDB, args ...any) *sql.Row {
	return under(tx).QueryRowContext(ctx, s.text(tx), args...)
}

// Rows runs the statement and gives its rows.
func (s *Statement) Rows(ctx context.Context, tx bun.IDB, args ...any) (*sql.Rows, error) {
	return under(tx).QueryContext(ctx, s.text(tx), args...)
}

func (s *Statement) text(tx bun.IDB) string {
	if tx.Dialect().Name() == dialect.PG {
		return s.dollar
	}
	return s.question
}

type queryer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func under(tx bun.IDB) queryer {
	switch tx := tx.(type) {
	case bun.Tx:
		return tx.Tx
	case *bun.DB:
		return tx.DB
	}
	panic("database: neither a transaction nor a pool")
}
