package photo

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/photo/phototest"
)

func TestNoMorePhotosAreDecodedAtATimeThanTheDarkroomHolds(t *testing.T) {
	upload := phototest.JPEG(phototest.Quarters())
	synctest.Test(t, func(t *testing.T) {
		d := NewDarkroom(2)
		require.NoError(t, d.Enter(t.Context()))
		require.NoError(t, d.Enter(t.Context()))
		developed := false
		go func() {
			_, err := d.Develop(t.Context(), upload)
			developed = err == nil
		}()
		synctest.Wait()
		require.False(t, developed, "two are at it")
		d.Leave()
		synctest.Wait()
		require.True(t, developed)
		require.True(t, d.turns.TryAcquire(1), "it made room for the next")
	})
}

func TestAnUploadTooManyIsTurnedAwayAtOnce(t *testing.T) {
	upload := phototest.JPEG(phototest.Quarters())
	synctest.Test(t, func(t *testing.T) {
		d := NewDarkroom(1)
		require.NoError(t, d.Enter(t.Context()))
		developed := make(chan error, maxUploads)
		for range maxUploads {
			require.False(t, d.Full())
			go func() {
				_, err := d.Develop(t.Context(), upload)
				developed <- err
			}()
			synctest.Wait()
		}
		require.True(t, d.Full())
		_, err := d.Develop(t.Context(), upload)
		require.ErrorIs(t, err, ErrFull)
		d.Leave()
		for range maxUploads {
			require.NoError(t, <-developed, "those who wait are not")
		}
		synctest.Wait()
		require.False(t, d.Full())
	})
}
