package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"fieldcare/handlers"
)

func TestTheDescriptionThatIsPrintedIsTheOneThatIsServed(t *testing.T) {
	var printed bytes.Buffer
	require.NoError(t, new(openAPICommand).Run(&kong.Context{Kong: &kong.Kong{Stdout: &printed}}))

	answer, err := new(handlers.Server).App().Test(httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	require.NoError(t, err)
	defer answer.Body.Close()
	served, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.JSONEq(t, string(served), printed.String())
	require.Contains(t, printed.String(), "/branches/{id}/report")
}
