package pdf

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/scheduling"
)

func groupReport(t testing.TB, r scheduling.FocusGroupReport) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, FocusGroup(&document, r))
	return document.Bytes()
}

func daySheet(t testing.TB, s scheduling.DaySheet) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, DaySheet(&document, s))
	return document.Bytes()
}
