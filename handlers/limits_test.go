package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	darkroom "fieldcare/internal/photo"
	"fieldcare/internal/photo/phototest"
)

// head sends the head of a request and gives the connection, and what answers on it.
func (w *world) head(token, method, path string, headers ...string) (net.Conn, *bufio.Reader) {
	w.Helper()
	connection, err := w.dial(w.Context(), "", "")
	require.NoError(w, err)
	w.Cleanup(func() { connection.Close() })
	_, err = fmt.Fprintf(connection, "%s /api/v1%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n", method, path, token, strings.Join(headers, "\r\n"))
	require.NoError(w, err)
	return connection, bufio.NewReader(connection)
}

// told reads an answer.
func (w *world) told(answers *bufio.Reader, what string) *answer {
	w.Helper()
	response, err := http.ReadResponse(answers, nil)
	require.NoError(w, err, what)
	if response.Close { // this header alone is taken out while it is read
		response.Header.Set("Connection", "close")
	}
	return w.read(response, what)
}

const (
	lengthOfAPhoto = "Content-Length: 20971520"
	aPhoto         = "/photos/x"
)

func TestABodyThatIsTooLargeIsRefusedBeforeItIsSent(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	w.carol.signIn()
	for _, expect := range []string{"Expect: 100-continue", "X-Expect: nothing"} {
		for what, refused := range map[string]func(a *answer) *answer{
			" POST /session 1048577":           tooLarge,
			"sam POST /session 1048577":        tooLarge,
			"sam POST /evaluations 1048577":    tooLarge,
			"sam GET /me 1048577":              tooLarge,
			"carol POST /users/import 8388609": tooLarge,
			"sam PUT /photos/x 20971521":       tooLarge,
			" PUT /photos/x 20971520":          signInNeeded,
			"forged PUT /photos/x 1048577":     signInNeeded,
			" POST /branches/import 8388608":   signInNeeded,
		} {
			part := strings.Split(what, " ")
			token := map[string]string{"sam": w.sam.token, "carol": w.carol.token, "forged": w.sam.token + "x"}[part[0]]
			_, answers := w.head(token, part[1], part[2], "Content-Length: "+part[3], expect)
			a := refused(w.told(answers, what+" "+expect))
			require.Equal(t, "close", a.header.Get("Connection"), what)
			require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), what)
		}
	}
}

func tooLarge(a *answer) *answer     { a.Helper(); return a.isProblem(413, "too-large") }
func signInNeeded(a *answer) *answer { a.Helper(); return a.isProblem(401, "sign-in-needed") }

func TestATokenThatIsTooOldDoesNotMakeAPhotoTooLarge(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	picture := make([]byte, 5<<20)
	w.sam.raw("PUT", "/api/v1/photos/"+hashOf(picture), picture).isProblem(422, "invalid")
	w.clock.forward(time.Hour)
	w.sam.raw("PUT", "/api/v1/photos/"+hashOf(picture), picture).isProblem(401, "sign-in-needed")
}

func TestAClientThatSendsAllBeforeItListensGetsItsRefusal(t *testing.T) {
	w := newWorld(t)
	connection, answers := w.head("", "PUT", aPhoto, lengthOfAPhoto)
	for range 20 {
		_, err := connection.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	signInNeeded(w.told(answers, "a photo of a stranger"))
}

func TestWhoMayGoOnIsTold(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	connection, answers := w.head(w.sam.token, "PUT", aPhoto, lengthOfAPhoto, "Expect: 100-continue")
	w.told(answers, "may it be sent").is(100)
	_, err := connection.Write(make([]byte, 20<<20))
	require.NoError(t, err)
	w.told(answers, "it was sent").isProblem(422, "invalid")
}

func TestABodyInChunksIsBoundedLikeAnother(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	chunks := func(token, method, path string, size int) *answer {
		connection, answers := w.head(token, method, path, "Content-Type: application/json", "Transfer-Encoding: chunked")
		chunk := strings.Repeat(" ", 1<<16)
		for ; size > len(chunk); size -= len(chunk) {
			_, err := fmt.Fprintf(connection, "%x\r\n%s\r\n", len(chunk), chunk)
			require.NoError(t, err)
		}
		_, err := fmt.Fprintf(connection, "%x\r\n", size) // the last chunk's head alone, which says enough
		require.NoError(t, err)
		return w.told(answers, method+" "+path)
	}
	tooLarge(chunks("", "POST", "/session", 1<<20+1))
	tooLarge(chunks(w.sam.token, "POST", "/evaluations", 1<<20+1))
	tooLarge(chunks("", "PUT", aPhoto, 1<<20+1))
	tooLarge(chunks(w.sam.token, "PUT", aPhoto, 20<<20+1))
}

func TestStrangersDoNotFillTheMemory(t *testing.T) {
	w := newWorld(t)
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	megabyte := make([]byte, 1<<20)
	for range 10 {
		connection, answers := w.head("", "PUT", aPhoto, lengthOfAPhoto)
		for range 19 {
			_, err := connection.Write(megabyte)
			require.NoError(t, err)
		}
		signInNeeded(w.told(answers, "a photo of a stranger")) // and the last megabyte never comes
		defer runtime.KeepAlive(connection)
	}
	require.Less(t, held(), before+64<<20, "ten bodies of 20 MiB were begun")
}

func TestAfterARefusalTheConnectionEnds(t *testing.T) {
	w := newWorld(t)
	connection, answers := w.head("", "POST", "/session", "Content-Length: 1048577")
	tooLarge(w.told(answers, "the first"))
	_, err := io.WriteString(connection, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, connection.Close())
	_, err = answers.ReadByte()
	require.ErrorIs(t, err, io.EOF, "what follows is a part of the body")
}

func TestAWriteThatMeetsAStopMayBeSentAgain(t *testing.T) {
	w := newWorld(t)
	w.server.Branches.Clock = func() time.Time { // it is asked between the reading of the token and the writing
		require.NoError(t, w.server.DB.Close())
		return monday
	}
	log := logged(t)
	content := `{"id": "0193a7f0-5b7e-7cc0-9d6c-0d6a1c9b2f44", "code": "STOP", "name": "Branch", "address": "", "zone": "Europe/Warsaw"}`
	a := w.carol.raw("POST", "/api/v1/branches", []byte(content)).isProblem(503, "busy")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	require.NotContains(t, string(a.body), "closed")
	require.Contains(t, log.String(), "closed")
}

// patient notes until when the server waits for what it reads from a connection.
type patient struct {
	net.Listener
	until atomic.Pointer[time.Time]
}

type patientConnection struct {
	net.Conn
	of *patient
}

func (p *patient) Accept() (net.Conn, error) {
	connection, err := p.Listener.Accept()
	return patientConnection{connection, p}, err
}

func (c patientConnection) SetReadDeadline(at time.Time) error {
	c.of.until.Store(&at)
	return c.Conn.SetReadDeadline(at)
}

func TestAUsersPhotoHasTheTimeThatItTakesOverOneBarOfSignal(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	listener := new(patient)
	w.serve(func(memory net.Listener) net.Listener {
		listener.Listener = memory
		return listener
	})

	waits := func(token string, length int) time.Time {
		_, answers := w.head(token, "PUT", aPhoto, fmt.Sprintf("Content-Length: %d", length), "Expect: 100-continue")
		w.told(answers, "may it be sent").is(100)
		return *listener.until.Load()
	}
	longest, stranger, photo := waits(w.sam.token, 20<<20), waits("", 900_000), waits(w.sam.token, 900_000)
	require.Greater(t, photo.Sub(stranger), 3*time.Minute, "900 kB, of which 4 kB arrive a second")
	require.LessOrEqual(t, longest.Sub(stranger), 8*time.Minute)
}

func TestAPictureTooManyIsNotReadAndComesAgainLater(t *testing.T) {
	picture := func(comment int) []byte {
		return phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xfe, strconv.Itoa(comment))
	}
	t.Run("a photo", func(t *testing.T) {
		w := newWorld(t)
		w.fills(w.decoding, 2, w.sam, aPhoto, func(n int) *answer {
			return w.sam.raw("PUT", "/api/v1/photos/"+hashOf(picture(n)), picture(n))
		})
	})
	t.Run("a receipt", func(t *testing.T) {
		e := newWorld(t)
		_, receipt := e.evening(e.moe).hotel()
		e.fills(e.server.Receipts.Darkroom, 1, e.carol, receipt, func(n int) *answer {
			return e.carol.put(receipt, picture(n))
		})
	})
}

// fills has somebody upload as many pictures as may wait while nothing is decoded, tries one more, and lets them through.
func (w *world) fills(room *darkroom.Darkroom, atOnce int, who *person, address string, upload func(n int) *answer) {
	w.Helper()
	who.signIn()
	for range atOnce {
		require.NoError(w, room.Enter(w.Context()))
	}
	const most = 32
	uploads := make(chan *answer)
	for n := range most {
		go func() { uploads <- upload(n) }()
	}
	require.Eventually(w, room.Full, time.Minute, time.Millisecond)
	_, answers := w.head(who.token, "PUT", address, lengthOfAPhoto)
	refused := w.told(answers, "a picture of which nothing was sent").isProblem(503, "busy")
	require.Equal(w, "10", refused.header.Get("Retry-After"))
	_, answers = w.head("", "PUT", address, lengthOfAPhoto)
	signInNeeded(w.told(answers, "a picture of a stranger"))
	w.sam.get("/me").is(200)

	for range atOnce {
		room.Leave()
	}
	for range most {
		(<-uploads).is(200)
	}
	upload(most).is(200)
}
