package evaluation

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
	"fieldcare/internal/photo/phototest"
)

func TestALogoIsTurnedUprightBeforeItIsMeasured(t *testing.T) {
	store := &SettingsStore{}
	upload := phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), phototest.EXIFOf(6, binary.BigEndian))
	drawn, logo, err := store.draw(t.Context(), upload)
	require.NoError(t, err)
	m, err := png.Decode(bytes.NewReader(drawn))
	require.NoError(t, err)
	require.Equal(t, "blue red / yellow lime", phototest.Corners(t, phototest.JPEG(m)))
	require.Equal(t, []int{40, 60}, []int{logo.Width, logo.Height})

	long := phototest.WithEXIF(phototest.JPEG(image.NewGray(image.Rect(0, 0, 1000, 100))), phototest.EXIFOf(6, binary.BigEndian))
	_, logo, err = store.draw(t.Context(), long)
	require.NoError(t, err)
	require.Equal(t, []int{24, 240}, []int{logo.Width, logo.Height})

	again, _, err := store.draw(t.Context(), upload)
	require.NoError(t, err)
	require.Equal(t, drawn, again, "the same upload gives the same bytes")
}

func TestALogoFitsAndKeepsItsShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.OneOf(rapid.IntRange(1, 700), rapid.IntRange(1, photo.MaxSide))
		size, orientation := image.Rect(0, 0, side.Draw(t, "width"), side.Draw(t, "height")), rapid.IntRange(0, 8).Draw(t, "orientation")
		w, h := fitLogo(size, orientation)
		require.Positive(t, w)
		require.Positive(t, h)
		require.LessOrEqual(t, w, size.Dx())
		require.LessOrEqual(t, h, size.Dy())
		mostW, mostH := maxLogoWidth, maxLogoHeight
		if orientation >= 5 {
			mostW, mostH = mostH, mostW
		}
		require.LessOrEqual(t, w, mostW)
		require.LessOrEqual(t, h, mostH)
		scale := min(1, float64(mostW)/float64(size.Dx()), float64(mostH)/float64(size.Dy()))
		require.InDelta(t, float64(size.Dx())*scale, w, 1)
		require.InDelta(t, float64(size.Dy())*scale, h, 1)
	})
}

func TestALogoThatNobodyWaitsForIsNotDrawn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := (&SettingsStore{}).draw(ctx, phototest.PNG(phototest.Quarters()))
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzLogo(f *testing.F) {
	for _, name := range []string{"ycck.jpg", "progressive.jpg", "interlaced.png", "lossy.webp"} {
		f.Add(phototest.Sample(f, name))
	}
	f.Add(phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), phototest.EXIFOf(6, binary.BigEndian)))
	f.Add(phototest.PNG(phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime, phototest.Blue, phototest.Yellow)))
	f.Add(phototest.PNGClaiming(phototest.PNG(phototest.Quarters()), 50000, 50000))
	f.Add([]byte("text"))
	f.Add([]byte{})
	store := &SettingsStore{}
	f.Fuzz(func(t *testing.T, upload []byte) {
		drawn, logo, err := store.draw(t.Context(), upload)
		if err != nil {
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			return
		}
		m, err := png.Decode(bytes.NewReader(drawn))
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, logo.Width, logo.Height), m.Bounds())
		require.LessOrEqual(t, logo.Width, maxLogoWidth)
		require.LessOrEqual(t, logo.Height, maxLogoHeight)
		require.Equal(t, []byte{8, 2, 0, 0, 0}, drawn[24:29])
	})
}
