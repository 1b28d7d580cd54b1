package evaluation

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestContrastIsThatOfWCAG(t *testing.T) {
	for colour, contrast := range map[string]float64{
		"#ffffff": 1, "#000000": 21, "#777777": 4.478, "#767676": 4.542, "#0000ff": 8.592, "#ff0000": 3.998, "#008000": 5.137, "#0b686e": 6.523,
	} {
		require.InDelta(t, contrast, contrastWithWhite(colour), 0.001, colour)
	}
	require.Empty(t, accentWanted("#767676"))
	require.Contains(t, accentWanted("#777777"), "has 4.47:1", "never shown as what it does not reach")
	require.Empty(t, accentWanted(DefaultSettings.Accent))
}

func TestTheColourOfferedInsteadCanBeReadAndIsNoDarkerThanNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.IntRange(0, 255)
		r, g, b := part.Draw(t, "red"), part.Draw(t, "green"), part.Draw(t, "blue")
		colour := fmt.Sprintf("#%02x%02x%02x", r, g, b)
		if accentWanted(colour) == "" {
			return
		}
		offered := darkened(colour)
		require.Empty(t, accentWanted(offered))
		require.Less(t, contrastWithWhite(offered), leastContrast*1.05)
	})
}
