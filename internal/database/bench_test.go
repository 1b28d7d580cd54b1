package database_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
)

// BenchmarkGroupCommit writes one row of 2 kB a call, from so many goroutines at once.
func BenchmarkGroupCommit(b *testing.B) {
	for _, writers := range []int{1, 8, 64, 500} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			db := things(b)
			more := strings.Repeat("x", 2000)
			var left atomic.Int64
			left.Store(int64(b.N))
			var all sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range writers {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						id := uuid.Must(uuid.NewV7()).String()
						err := db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
							_, err := insertThing.Exec(ctx, tx, id, 1, more)
							return err
						})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.StopTimer()
			var n int
			require.NoError(b, db.Read().QueryRowContext(context.Background(), "SELECT count(*) FROM things").Scan(&n))
			require.Equal(b, b.N, n)
		})
	}
}
