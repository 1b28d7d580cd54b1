package evaluation

import (
	"bytes"
	"context"
	"image/jpeg"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/photo/phototest"
)

// pictured is a report with so many photos, all of one stored picture.
func pictured(n int, stored string) *EvaluationReport {
	answer := EvaluationAnswer{}
	for i := range n {
		answer.Photos = append(answer.Photos, ReportPhoto{Number: i + 1, stored: stored})
	}
	return &EvaluationReport{Sections: []EvaluationSection{{Answers: []EvaluationAnswer{answer}}}}
}

func TestAPhotoThatCannotBeReadIsLeftOutOfTheDocument(t *testing.T) {
	d := newDarkroom(t)
	reports := &Reports{Photos: d.Photos}
	photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))
	for name, damage := range map[string]func(path string) error{
		"damaged": func(path string) error { return os.WriteFile(path, []byte("\xff\xd8\xff and no more"), 0o600) },
		"missing": os.Remove,
	} {
		require.NoError(t, damage(d.path(photo.StoredHash, false)), name)
		r := pictured(1, photo.StoredHash)
		require.NoError(t, reports.IllustrateEvaluation(t.Context(), r), name)
		require.Nil(t, r.Sections[0].Answers[0].Photos[0].JPEG, name)
	}
	r := pictured(1, strings.Repeat("0", 64))
	require.NoError(t, reports.IllustrateEvaluation(t.Context(), r))
	require.Nil(t, r.Sections[0].Answers[0].Photos[0].JPEG)
}

func TestADocumentOfManyPhotosStaysSmall(t *testing.T) {
	d := newDarkroom(t)
	photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))
	thumbnail, err := os.ReadFile(d.path(photo.StoredHash, true))
	require.NoError(t, err)
	large := []byte("the file itself, as it is no larger than it may be")
	large = append(bytes.Clone(thumbnail), large...)
	_, err = jpeg.Decode(bytes.NewReader(large))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.path(photo.StoredHash, false), large, 0o600))

	r := pictured(illustratedMost+1, photo.StoredHash)
	require.NoError(t, (&Reports{Photos: d.Photos}).IllustrateEvaluation(t.Context(), r))
	photos := r.Sections[0].Answers[0].Photos
	require.Equal(t, large, photos[illustratedLarge-1].JPEG)
	require.Equal(t, thumbnail, photos[illustratedLarge].JPEG)
	require.Equal(t, thumbnail, photos[illustratedMost-1].JPEG)
	require.Nil(t, photos[illustratedMost].JPEG)
}

func TestIllustratingEndsWhenNobodyWaitsForItAnyMore(t *testing.T) {
	d := newDarkroom(t)
	ended, end := context.WithCancel(t.Context())
	end()
	for range 2 {
		require.NoError(t, d.decoding.Enter(t.Context()))
		defer d.decoding.Leave()
	}
	r := pictured(1, strings.Repeat("0", 64))
	require.ErrorIs(t, (&Reports{Photos: d.Photos}).IllustrateEvaluation(ended, r), context.Canceled)
}
