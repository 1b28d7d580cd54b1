package handlers_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/handlers"
)

func TestMetricsNameRoutesAndNoPaths(t *testing.T) {
	w := newWorld(t)
	w.sam.get("/branches/" + w.oldTown.ID.String())
	w.nobody.get("/no-such-thing-" + w.harbour.ID.String())
	metrics := string(w.nobody.get("http://fieldcare.test/metrics").is(200).body)
	require.Contains(t, metrics, `path="/api/v1/branches/:id"`)
	require.NotContains(t, metrics, w.oldTown.ID.String())
	require.NotContains(t, metrics, w.harbour.ID.String())
}

func TestMetricsAreOffUnlessWanted(t *testing.T) {
	answer, err := new(handlers.Server).App().Test(httptest.NewRequest("GET", "/metrics", nil))
	require.NoError(t, err)
	require.Equal(t, 404, answer.StatusCode)
}
