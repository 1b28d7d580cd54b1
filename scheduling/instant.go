package scheduling

import (
	"time"

	"fieldcare/internal/database"
)

// instant is a time as answers have it; nil where there is none.
func instant(t database.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}

// optional is such a time as the database has it.
func optional(t *time.Time) database.Time {
	if t == nil {
		return database.Time{}
	}
	return database.At(*t)
}
