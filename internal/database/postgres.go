package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

const postgresConnections = 16 // of each of the two pools

func openPostgres(ctx context.Context, address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the address of PostgreSQL: %w", err)
	}
	if !strings.Contains(address, "default_query_exec_mode") {
		// The one mode that a pooler such as pgbouncer passes through, and that needs no round trip to describe.
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	write := postgresPool(*config)
	if err := migrate(ctx, write, goose.DialectPostgres); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	// Readers have a pool of their own: long exports never keep a write waiting for a connection.
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	return &DB{
		read:   bun.NewDB(postgresPool(*reading), pgdialect.New()),
		writer: &retryWriter{db: bun.NewDB(write, pgdialect.New())},
	}, nil
}

func postgresPool(config pgx.ConnConfig) *sql.DB {
	pool := sql.OpenDB(stdlib.GetConnector(config))
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections)
	return pool
}
