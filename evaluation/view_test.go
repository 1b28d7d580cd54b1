package evaluation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAViewIsAHashOfWhatTheReportSaysAndOfNothingElse(t *testing.T) {
	said := EvaluationReport{ChecklistTitle: "Branch visit", Failures: []string{"Were you greeted?"}}
	view := viewOf(said)
	require.Regexp(t, `^[0-9a-f]{12}$`, view)
	require.Equal(t, view, viewOf(said))

	pictured := said
	pictured.Organisation.Logo = []byte("a picture, which the JSON does not have")
	require.Equal(t, view, viewOf(pictured))

	other := said
	other.ChecklistTitle = "Branch visits"
	require.NotEqual(t, view, viewOf(other))
}
