package scheduling_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

var testLinks = scheduling.Links{Key: bytes.Repeat([]byte{7}, 32)}

func TestALinkReadsAsItWasMadeForItsPurposeOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		generation := rapid.Int64Min(0).Draw(t, "generation")
		token := testLinks.Make(scheduling.AnswerLink, id, generation)
		require.Equal(t, token, testLinks.Make(scheduling.AnswerLink, id, generation), "resending gives the same link")
		readID, readGeneration, err := testLinks.Read(scheduling.AnswerLink, token)
		require.NoError(t, err)
		require.Equal(t, id, readID)
		require.Equal(t, generation, readGeneration)

		_, _, err = testLinks.Read(scheduling.UnsubscribeLink, token)
		require.ErrorIs(t, err, fault.ErrNotFound)
		_, _, err = scheduling.Links{Key: bytes.Repeat([]byte{8}, 32)}.Read(scheduling.AnswerLink, token)
		require.ErrorIs(t, err, fault.ErrNotFound)

		raw, err := base64.RawURLEncoding.DecodeString(token)
		require.NoError(t, err)
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "at")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		_, _, err = testLinks.Read(scheduling.AnswerLink, base64.RawURLEncoding.EncodeToString(raw))
		require.ErrorIs(t, err, fault.ErrNotFound)
	})
}

func TestATokenThatIsNoneIsNotFound(t *testing.T) {
	for _, token := range []string{"", "a", "../../etc/passwd", "żółw", base64.RawURLEncoding.EncodeToString(make([]byte, 32)), base64.RawURLEncoding.EncodeToString(make([]byte, 33))} {
		_, _, err := testLinks.Read(scheduling.AnswerLink, token)
		require.ErrorIs(t, err, fault.ErrNotFound, token)
	}
}
