package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/cmd/fieldcare/demo"
	"fieldcare/internal/mail"
	"fieldcare/scheduling"
)

// demoServed is the demo as people use it, on its last day.
type demoServed struct {
	*testing.T
	app *fiber.App
}

// served serves the demo in the afternoon of its last day, an hour before today's focus group.
func (w *demoWorld) served(t *testing.T, config *Config) demoServed {
	t.Helper()
	afternoon, err := time.Parse(time.DateOnly, demoUntil)
	require.NoError(t, err)
	i, err := config.wire(w.db, w.server.Accounts.Keys, func() time.Time { return afternoon.Add(15 * time.Hour) })
	require.NoError(t, err)
	return demoServed{t, i.server.App()}
}

// ask sends a request and gives what was answered, which is to have this status.
func (s demoServed) ask(method, path, token, body string, status int) []byte {
	s.Helper()
	r, err := http.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	require.NoError(s, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := s.app.Test(r, -1)
	require.NoError(s, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s, err)
	require.Equal(s, status, answer.StatusCode, "%s %s: %s", method, path, text)
	return text
}

func (s demoServed) signIn(name string) (token string) {
	s.Helper()
	return got[struct {
		Token string `json:"access_token"`
	}](s, s.ask("POST", "/api/v1/session", "", `{"email":"`+name+`@fieldcare.example","password":"`+demo.Password+`"}`, http.StatusCreated)).Token
}

func got[T any](s demoServed, text []byte) (value T) {
	s.Helper()
	require.NoError(s, json.Unmarshal(text, &value))
	return value
}

type list[T any] struct{ Items []T }

// hasFocusGroups reads what the demo has of focus groups, each as those whose work it is.
func (w *demoWorld) hasFocusGroups(config *Config) func(*testing.T) {
	return func(t *testing.T) {
		s := w.served(t, config)
		carol, mira, max, rasa := s.signIn("coordinator"), s.signIn("mira"), s.signIn("manager"), s.signIn("rasa")
		groups := got[list[scheduling.FocusGroup]](s, s.ask("GET", "/api/v1/focus-groups", carol, "", http.StatusOK)).Items
		require.Len(t, groups, 4)
		path := func(i int) string { return "/api/v1/focus-groups/" + groups[i].ID.String() }
		require.Equal(t, []scheduling.FocusGroupState{scheduling.GroupClosed, scheduling.GroupScheduled, scheduling.GroupScheduled, scheduling.GroupDraft},
			[]scheduling.FocusGroupState{groups[0].State, groups[1].State, groups[2].State, groups[3].State})
		own := got[list[scheduling.ModeratedGroup]](s, s.ask("GET", "/api/v1/focus-groups", mira, "", http.StatusOK)).Items
		require.Len(t, own, 3, "a moderator knows of no draft")

		t.Run("a panel and venues", func(t *testing.T) {
			people := got[list[scheduling.ParticipantSummary]](s, s.ask("GET", "/api/v1/participants?limit=200", carol, "", http.StatusOK)).Items
			require.Len(t, people, 199, "one of the 200 is erased")
			left, silent := 0, 0
			for _, p := range people {
				if p.DoNotContact {
					left++
				}
				if !p.HasEmail {
					silent++
				}
			}
			require.Greater(t, left, 2)
			require.Greater(t, silent, 2)
			require.Len(t, got[list[scheduling.Venue]](s, s.ask("GET", "/api/v1/venues", carol, "", http.StatusOK)).Items, 3)
			require.Len(t, got[list[scheduling.Attribute]](s, s.ask("GET", "/api/v1/attributes", carol, "", http.StatusOK)).Items, 4)
		})
		t.Run("a closed group, which its manager reads without costs", func(t *testing.T) {
			for name, token := range map[string]string{"coordinator": carol, "manager": max, "moderator": mira} {
				r := got[scheduling.FocusGroupReport](s, s.ask("GET", path(0)+"/report", token, "", http.StatusOK))
				require.Equal(t, name == "coordinator", r.Costs != nil, name)
				require.Equal(t, 8, r.Recruitment.TookPart)
				require.Equal(t, 1, r.Recruitment.TurnedAway)
				require.Equal(t, 1, r.Recruitment.WalkIns)
				require.Equal(t, 2, r.Recruitment.NoShow)
				require.Len(t, r.Findings, 3)
				require.Len(t, r.Actions, 5)
				require.NotEmpty(t, r.NotHeard)
				s.isPDF(t, s.ask("GET", path(0)+"/report.pdf", token, "", http.StatusOK))
			}
			s.ask("GET", path(0)+"/report", rasa, "", http.StatusNotFound)
			sheet := got[scheduling.CostSheet](s, s.ask("GET", path(0)+"/costs", carol, "", http.StatusOK))
			require.Greater(t, sheet.Paid, int64(0))
			require.Less(t, sheet.Paid, sheet.Actual)
			foreign := 0
			for _, c := range sheet.Items {
				if c.Currency == "EUR" {
					require.Positive(t, *c.ActualHere)
					foreign++
				}
			}
			require.Equal(t, 1, foreign)
		})
		t.Run("today's group, with people to call and a day sheet", func(t *testing.T) {
			require.NotEmpty(t, got[list[scheduling.Call]](s, s.ask("GET", path(1)+"/call-list", carol, "", http.StatusOK)).Items)
			s.isPDF(t, s.ask("GET", path(1)+"/day-sheet.pdf", mira, "", http.StatusOK))
			door := got[scheduling.SessionAttendance](s, s.ask("GET", path(1)+"/attendance", mira, "", http.StatusOK))
			require.Equal(t, 10, door.Expected)
		})
		t.Run("one to come, half full and with a waiting list", func(t *testing.T) {
			waiting := got[scheduling.WaitingList](s, s.ask("GET", path(2)+"/waiting-list", carol, "", http.StatusOK))
			require.Equal(t, 7, waiting.Taken)
			require.Len(t, waiting.Waiting, 2)
			require.Contains(t, waiting.Waiting[0].NotNow, "is full: 4 of 4")
			forecast := got[scheduling.Forecast](s, s.ask("GET", path(2)+"/forecast", carol, "", http.StatusOK))
			require.Equal(t, 7, forecast.Accepted)
			require.Greater(t, forecast.Unanswered, 5)
			override := false
			for _, i := range got[list[scheduling.Invitation]](s, s.ask("GET", path(2)+"/invitations?limit=100", carol, "", http.StatusOK)).Items {
				override = override || i.Override != ""
			}
			require.True(t, override)
		})
		t.Run("a draft", func(t *testing.T) {
			require.Empty(t, groups[3].Starts)
			s.ask("GET", path(3), mira, "", http.StatusNotFound)
			require.NotEmpty(t, got[list[scheduling.Invitation]](s, s.ask("GET", path(3)+"/invitations", carol, "", http.StatusOK)).Items)
		})
		t.Run("links that are answered", func(t *testing.T) {
			link := w.linkTo(t, groups[2])
			require.Contains(t, string(s.ask("GET", link, "", "", http.StatusOK)), "Yes, I will come")
		})
		t.Run("no two participants with the same name or address", func(t *testing.T) {
			var n int
			require.NoError(t, w.db.Read().NewRaw("SELECT COUNT(*) FROM (SELECT name FROM participants GROUP BY name HAVING COUNT(*) > 1) same").Scan(context.Background(), &n))
			require.Zero(t, n)
			require.NoError(t, w.db.Read().NewRaw("SELECT COUNT(*) FROM participants WHERE email <> '' AND email NOT LIKE '%@example.%'").Scan(context.Background(), &n))
			require.Zero(t, n)
		})
	}
}

var rsvpLink = regexp.MustCompile(`/rsvp/[\w-]+`)

// linkTo is the link in the mail to somebody who was asked to a group and has not answered.
func (w *demoWorld) linkTo(t *testing.T, g scheduling.FocusGroup) string {
	t.Helper()
	ctx := context.Background()
	page, err := w.server.Invitations.List(ctx, g.ID, scheduling.InvitationFilter{States: []scheduling.InvitationState{scheduling.Sent}, Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, page.Items)
	letters, err := mail.To(ctx, w.db.Read(), []uuid.UUID{page.Items[0].ParticipantID})
	require.NoError(t, err)
	for _, m := range letters {
		if link := rsvpLink.FindString(m.Body); link != "" {
			return link
		}
	}
	require.Fail(t, "no mail has the link")
	return ""
}

// isPDF has qpdf look at a document.
func (s demoServed) isPDF(t *testing.T, document []byte) {
	t.Helper()
	require.True(t, bytes.HasPrefix(document, []byte("%PDF-")))
	file := filepath.Join(t.TempDir(), "document.pdf")
	require.NoError(t, os.WriteFile(file, document, 0o600))
	said, err := exec.Command("qpdf", "--check", file).CombinedOutput()
	require.NoError(t, err, string(said))
}
