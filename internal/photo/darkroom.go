package photo

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"fieldcare/internal/fault"
)

// maxDecoding is how long an upload may keep a decoder busy: a file of 20 MB can be made to do so for an hour.
const maxDecoding = 30 * time.Second

// maxUploads is how many uploads are in memory while they are decoded or wait for that: on two processors about as many as
// are decoded before those who sent them lose patience.
const maxUploads = 32

// ErrFull says that so many uploads wait that another one would wait in vain.
var ErrFull = errors.New("too many uploads wait to be decoded")

// Darkroom bounds how many pictures are decoded at a time and how many uploads wait for that, and so the memory that
// uploads take.
type Darkroom struct {
	turns   *semaphore.Weighted
	uploads atomic.Int64
}

// NewDarkroom decodes so many pictures at a time.
func NewDarkroom(atOnce int64) *Darkroom { return &Darkroom{turns: semaphore.NewWeighted(atOnce)} }

// Full is true while an upload that begins now is better not sent at all.
func (d *Darkroom) Full() bool { return d.uploads.Load() >= maxUploads }

// Enter waits for a turn, which Leave gives back. When ctx ends first, its error comes back.
func (d *Darkroom) Enter(ctx context.Context) error { return d.turns.Acquire(ctx, 1) }

// Leave ends a turn.
func (d *Darkroom) Leave() { d.turns.Release(1) }

// Develop waits for its turn and makes a picture of an upload: JPEG (baseline, progressive, gray, CMYK, YCCK), PNG, WebP
// without animation, or GIF. Anything else, anything broken, out of bounds, or that keeps its decoder busy for too long
// is a fault.Invalid. When ctx ends first, its error comes back; where too many wait, ErrFull.
func (d *Darkroom) Develop(ctx context.Context, upload []byte) (Picture, error) {
	defer d.uploads.Add(-1)
	if d.uploads.Add(1) > maxUploads {
		return Picture{}, ErrFull
	}
	if err := d.Enter(ctx); err != nil {
		return Picture{}, err
	}
	defer d.Leave()
	limited, cancel := context.WithTimeout(ctx, maxDecoding)
	defer cancel()
	result, err := develop(limited, upload)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return Picture{}, fault.At("", "takes too long to open: save it as a plain JPEG and send that")
	}
	return result, err
}
