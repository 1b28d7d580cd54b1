package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"fieldcare/internal/account"
	"fieldcare/internal/database/databasetest"
	"fieldcare/scheduling"
)

const hallSeats, hallReserve = 8, 2

// hall is an installation with focus groups for measuring: a study with the usual rules, a room, a moderator and a panel.
type hall struct {
	*testing.B
	*installation
	carol       account.User
	moe         uuid.UUID
	token       string // of Carol's session
	study, room uuid.UUID
	people      []uuid.UUID
	noon        time.Time // when it was opened, by its own clock
	sessions    int       // scheduled so far: no two are at the same time
	origin      string
	client      *fasthttp.Client
}

// onEachDatabase measures on SQLite, and on PostgreSQL where FIELDCARE_TEST_POSTGRES_URL names a server.
func onEachDatabase(b *testing.B, measure func(b *testing.B, name, address string)) {
	measure(b, "SQLite", filepath.Join(b.TempDir(), "fieldcare.db"))
	if os.Getenv("FIELDCARE_TEST_POSTGRES_URL") != "" {
		measure(b, "PostgreSQL", databasetest.Address(b))
	}
}

// newHall opens an installation whose panel has so many people, and serves it. By its clock it is noon, so that nobody's
// quiet hours keep a mail back. smtp is where mail goes; empty is nowhere.
func newHall(b *testing.B, address, smtp string, people int) *hall {
	b.Helper()
	ctx, opened := context.Background(), time.Now()
	h := &hall{B: b, noon: time.Date(opened.Year(), opened.Month(), opened.Day(), 12, 0, 0, 0, time.UTC), client: &fasthttp.Client{}}
	config := Config{Data: b.TempDir(), Database: address, SMTPURL: smtp, PublicURL: "https://fieldcare.example.org", MailFrom: "Fieldcare <fieldcare@example.org>"}
	var err error
	h.installation, err = config.open(ctx, func() time.Time { return h.noon.Add(time.Since(opened)) })
	require.NoError(b, err)
	b.Cleanup(func() { h.db.Close() })
	h.origin = listen(b, h.installation)

	person := func(email string, role account.Roles) account.User {
		u, err := h.server.Accounts.AddWithPassword(ctx, account.UserChange{Email: &email, Name: &email, Roles: &role}, password)
		require.NoError(b, err)
		return u
	}
	h.carol, h.moe = person("carol@example.org", account.Coordinator), person("moe@example.org", account.Moderator).ID
	session, err := h.server.Accounts.SignIn(ctx, "carol@example.org", password, "127.0.0.1")
	require.NoError(b, err)
	h.token = session.Access
	h.furnish(ctx)

	file := bytes.NewBufferString("name,email\n")
	for n := range people {
		fmt.Fprintf(file, "Guest %d,guest%d@example.net\n", n, n)
	}
	_, _, err = h.server.Participants.Import(ctx, h.carol, uuid.New(), scheduling.PanelFile{Content: file.Bytes(), Language: "en", Zone: "Europe/Warsaw"})
	require.NoError(b, err)
	rows, err := h.db.Read().QueryContext(ctx, "SELECT id FROM participants")
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		require.NoError(b, rows.Scan(&id))
		h.people = append(h.people, id)
	}
	require.NoError(b, rows.Err())
	require.Len(b, h.people, people)
	return h
}

// furnish adds the room and the study.
func (h *hall) furnish(ctx context.Context) {
	h.Helper()
	name, address, zone, purpose, capacity := "House of Trades", "Chmielna 20, Warszawa", "Europe/Warsaw", "Why customers leave the queue", int64(20)
	venue, _, err := h.server.Venues.Add(ctx, h.carol, "bench", scheduling.NewVenue{ID: uuid.New(), VenueChange: scheduling.VenueChange{Name: &name, Address: &address, Zone: &zone}})
	require.NoError(h, err)
	room, _, err := h.server.Venues.AddRoom(ctx, h.carol, venue.ID, "bench", scheduling.NewRoom{ID: uuid.New(), RoomChange: scheduling.RoomChange{Name: &name, Capacity: &capacity}})
	require.NoError(h, err)
	study, _, err := h.server.Studies.Add(ctx, h.carol, "bench", scheduling.NewStudy{ID: uuid.New(), StudyChange: scheduling.StudyChange{Title: &name, Purpose: &purpose}})
	require.NoError(h, err)
	h.room, h.study = room.ID, study.ID
}

// schedule schedules a focus group at a time of its own.
func (h *hall) schedule() uuid.UUID {
	h.Helper()
	ctx := context.Background()
	begins := h.noon.AddDate(0, 0, 7+h.sessions/4).Add(time.Duration(h.sessions%4*3-3) * time.Hour)
	h.sessions++
	const wall = "2006-01-02T15:04"
	topic, starts, ends, seats, reserve := "Waiting at the counter", begins.Format(wall), begins.Add(90*time.Minute).Format(wall), int64(hallSeats), int64(hallReserve)
	g, _, err := h.server.FocusGroups.Add(ctx, h.carol, "bench", scheduling.NewFocusGroup{ID: uuid.New(), StudyID: h.study, FocusGroupChange: scheduling.FocusGroupChange{
		Topic: &topic, RoomID: &h.room, ModeratorID: &h.moe, Starts: &starts, Ends: &ends, Seats: &seats, Reserve: &reserve}})
	require.NoError(h, err)
	_, err = h.server.FocusGroups.Schedule(ctx, h.carol, g.ID)
	require.NoError(h, err)
	return g.ID
}

// post sends JSON as Carol, and reads the answer, which must be 200, into what into points to.
func (h *hall) post(path string, what, into any) {
	h.Helper()
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	content, err := json.Marshal(what)
	require.NoError(h, err)
	request.SetRequestURI(h.origin + "/api/v1" + path)
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer "+h.token)
	request.SetBodyRaw(content)
	require.NoError(h, h.client.Do(request, response))
	require.Equal(h, fasthttp.StatusOK, response.StatusCode(), "%s", response.Body())
	require.NoError(h, json.Unmarshal(response.Body(), into))
}

// draft drafts invitations to a group, and send sends them.
func (h *hall) draft(group uuid.UUID, people []uuid.UUID) {
	h.Helper()
	var drafts scheduling.Drafts
	h.post("/focus-groups/"+group.String()+"/invitations", object{"participants": people}, &drafts)
	require.Equal(h, len(people), drafts.Drafted)
}

func (h *hall) send(group uuid.UUID, people int) {
	h.Helper()
	var mailed scheduling.Mailed
	h.post("/focus-groups/"+group.String()+"/invitations/send", object{"who": "drafts"}, &mailed)
	require.Equal(h, people, mailed.Sent)
}

// states counts a group's invitations by their state.
func (h *hall) states(group uuid.UUID) map[scheduling.InvitationState]int {
	h.Helper()
	rows, err := h.db.Read().QueryContext(context.Background(), "SELECT state, count(*) FROM invitations WHERE focus_group_id = ? GROUP BY state", group)
	require.NoError(h, err)
	defer rows.Close()
	count := map[scheduling.InvitationState]int{}
	for rows.Next() {
		var state scheduling.InvitationState
		var n int
		require.NoError(h, rows.Scan(&state, &n))
		count[state] = n
	}
	require.NoError(h, rows.Err())
	return count
}
