package database

import (
	"database/sql"
	"errors"

	"fieldcare/internal/fault"
)

// OrNotFound is fault.ErrNotFound where a query found no row, and any other error as it is.
func OrNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.ErrNotFound
	}
	return err
}
