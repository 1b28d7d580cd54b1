package database

import (
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// numbered counts the ids made, so that those of one instant still grow.
var numbered atomic.Uint32

// NewID is a new UUIDv7 (RFC 9562) of a time: ids made later are greater, so that rows are appended to their index. The
// time is the caller's, as all times are, which is why the library's own v7, of the machine's clock, is not used.
//
// Managers meet no such id: it tells its time.
func NewID(at time.Time) uuid.UUID {
	id := uuid.New()
	millis := uint64(max(at.UnixMilli(), 0))
	fraction := uint64(at.Nanosecond()%1e6) << 12 / 1e6 // of the millisecond, in 4096ths
	binary.BigEndian.PutUint64(id[:8], millis<<16|7<<12|fraction)
	// The variant's two bits, then a counter: 60 random bits are left.
	binary.BigEndian.PutUint16(id[8:10], 0x8000|uint16(numbered.Add(1)&0x3fff))
	return id
}
