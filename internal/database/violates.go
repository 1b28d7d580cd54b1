package database

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// Violates is true when err says that the named constraint of the table was broken. SQLite names the columns of a
// UNIQUE ("users.email"), PostgreSQL the constraint ("users_email_key"): so the table and its columns are given, and a
// UNIQUE is left with the name that PostgreSQL makes of them.
func Violates(err error, table string, columns ...string) bool {
	var lite sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code == sqlite3.ErrConstraint &&
			strings.HasSuffix(lite.Error(), ": "+table+"."+strings.Join(columns, ", "+table+"."))
	}
	var pg *pgconn.PgError
	name := table + "_" + strings.Join(columns, "_")
	return errors.As(err, &pg) && (pg.ConstraintName == name+"_key" || pg.ConstraintName == table+"_pkey")
}
