package handlers_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/scheduling"
)

// browses opens a page as somebody without an account does.
func (w *world) browses(method, path, kind, form string) (status int, page string, header http.Header) {
	w.Helper()
	request, err := http.NewRequest(method, "http://fieldcare.test"+path, strings.NewReader(form))
	require.NoError(w, err)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := w.nobody.client.Do(request)
	require.NoError(w, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(w, err)
	return response.StatusCode, string(text), response.Header
}

func (w *world) leftAlone(participant string) bool {
	w.Helper()
	return w.carol.get("/participants/" + participant).is(200).object()["do_not_contact"].(bool)
}

func TestALinkUnsubscribesByPostAndNeverByGet(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for what, kind := range map[string]string{"one click": form, "the page": form, "several parts": "multipart/form-data; boundary=x", "nothing said": ""} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			petra := uuid.New()
			w.carol.post("/participants", body{"id": petra, "name": "Petra", "email": "petra@example.org", "language": "pl", "zone": "Europe/Warsaw"}).is(201)
			path := "/unsubscribe/" + w.server.FocusGroupLetters.Links.Make(scheduling.UnsubscribeLink, petra, w.generation(petra))

			status, page, header := w.browses("GET", path, "", "")
			require.Equal(t, 200, status)
			require.Contains(t, page, `<form method="post">`)
			require.Contains(t, page, "Northwind")
			require.NotContains(t, page, "Petra", "whoever has the mail need not learn whose it is")
			require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
			require.False(t, w.leftAlone(petra.String()), "mail scanners open links")

			sent := map[string]string{"one click": "List-Unsubscribe=One-Click", "several parts": "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"}[what]
			for range 2 {
				status, page, _ = w.browses("POST", path, kind, sent)
				require.Equal(t, 200, status, page)
				require.Contains(t, page, "Done")
			}
			require.True(t, w.leftAlone(petra.String()))
			found := 0
			for _, entry := range w.ada.get("/audit?subject=" + petra.String()).items() {
				if entry["action"] == "unsubscribe" {
					found++
				}
			}
			require.Equal(t, 1, found)
		})
	}
}

// generation is that of a participant's unsubscribe link.
func (w *world) generation(participant uuid.UUID) (n int64) {
	w.Helper()
	require.NoError(w, w.server.DB.Read().NewRaw("SELECT generation FROM participants WHERE id = ?", participant).Scan(context.Background(), &n))
	return n
}

func TestAForgedOrRevokedUnsubscribeLinkOpensNothing(t *testing.T) {
	w := newWorld(t)
	petra := uuid.New()
	w.carol.post("/participants", body{"id": petra, "name": "Petra", "email": "petra@example.org", "language": "pl", "zone": "Europe/Warsaw"}).is(201)
	links := w.server.FocusGroupLetters.Links
	for _, token := range []string{"x", "%C5%BC", "..", links.Make(scheduling.AnswerLink, petra, w.generation(petra)), links.Make(scheduling.UnsubscribeLink, petra, w.generation(petra)+1),
		links.Make(scheduling.UnsubscribeLink, uuid.New(), 1)} {
		for _, method := range []string{"GET", "POST"} {
			status, _, _ := w.browses(method, "/unsubscribe/"+token, "", "")
			require.Equal(t, 404, status, "%s %s", method, token)
		}
	}
	require.False(t, w.leftAlone(petra.String()))
}
