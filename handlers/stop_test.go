package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp/fasthttputil"
)

// unfinished is a request of which the server has the head, and waits for the body.
type unfinished struct {
	net.Conn
	answers *bufio.Reader
	content []byte
}

func begin(t *testing.T, listener *fasthttputil.InmemoryListener, token, method, path string, content []byte) *unfinished {
	t.Helper()
	connection, err := listener.Dial()
	require.NoError(t, err)
	t.Cleanup(func() { connection.Close() })
	_, err = fmt.Fprintf(connection, "%s /api/v1%s HTTP/1.1\r\nHost: fieldcare.test\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		method, path, token, len(content))
	require.NoError(t, err)
	u := &unfinished{connection, bufio.NewReader(connection), content}
	goOn, err := http.ReadResponse(u.answers, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusContinue, goOn.StatusCode)
	half := len(content) / 2
	_, err = connection.Write(content[:half])
	require.NoError(t, err)
	u.content = content[half:]
	return u
}

// finish sends the rest and gives the answer.
func (u *unfinished) finish(w *world) *answer {
	w.Helper()
	_, err := u.Write(u.content)
	require.NoError(w, err)
	response, err := http.ReadResponse(u.answers, nil)
	require.NoError(w, err)
	require.True(w, response.Close, "the client is told that this connection ends")
	a := w.read(response, "an unfinished request")
	_, err = u.answers.ReadByte()
	require.ErrorIs(w, err, io.EOF)
	return a
}

func TestWhatWasAcceptedBeforeAStopIsAnsweredAndKept(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	w.carol.signIn()
	app := w.server.App()
	listener := fasthttputil.NewInmemoryListener()
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()

	picture := photo(7)
	upload := begin(t, listener, w.sam.token, "PUT", "/photos/"+hashOf(picture), picture)
	plans := map[uuid.UUID]*unfinished{}
	for i := range 20 {
		id := uuid.New()
		content, err := json.Marshal(body{"id": id, "code": "STOP-" + jsonText(i), "name": "Branch", "address": "", "zone": "Europe/Warsaw"})
		require.NoError(t, err)
		plans[id] = begin(t, listener, w.carol.token, "POST", "/branches", content)
	}

	stopped := make(chan error, 1)
	go func() { stopped <- app.ShutdownWithTimeout(time.Minute) }()
	require.NoError(t, <-served, "nobody new is let in")
	_, err := listener.Dial()
	require.Error(t, err)
	require.Empty(t, stopped, "the stop waits")

	for id, plan := range plans {
		plan.finish(w).is(201)
		w.carol.get("/branches/" + id.String()).is(200)
	}
	upload.finish(w).is(200)
	require.NoError(t, <-stopped)

	kept, err := w.server.DB.Read().NewSelect().Table("photos").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, kept)
}
