package database

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is an instant kept as whole microseconds since 1970 UTC. The zero Time is NULL.
type Time struct{ time.Time }

// At makes a Time of t: in UTC, to the microsecond, so that what was written equals what is read.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// Value is the driver's form of t.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan reads the driver's form.
func (t *Time) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = Time{}
	case int64:
		*t = Time{time.UnixMicro(v).UTC()}
	default:
		return fmt.Errorf("a time is kept as microseconds, not as %T", v)
	}
	return nil
}
