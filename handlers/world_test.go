package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp/fasthttputil"

	"fieldcare/evaluation"
	"fieldcare/handlers"
	"fieldcare/internal/account"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	darkroom "fieldcare/internal/photo"
	"fieldcare/scheduling"
)

// clock is the time that a world lives in. It stands still until a test moves it.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = at
}

func (c *clock) forward(d time.Duration) { c.set(c.now().Add(d)) }

// monday is when every world begins: a working morning in Warsaw.
var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// T is a test or a fuzz target.
type T = testing.TB

// world is a fresh application on a fresh database, spoken to over HTTP, with named people.
type world struct {
	T
	server   *handlers.Server
	clock    *clock
	runner   *jobs.Runner
	decoding *darkroom.Darkroom
	dial     func(context.Context, string, string) (net.Conn, error)

	ada              *person // admin
	carol            *person // coordinator
	sam, sue         *person // shoppers
	max              *person // manager of Old Town
	mona             *person // manager of Harbour
	moe              *person // moderator
	nobody           *person
	oldTown, harbour branch
}

type branch struct {
	ID   uuid.UUID
	Code string
}

const password = "correct horse battery"

func newWorld(t T) *world {
	t.Helper()
	return newWorldWithMail(t, "")
}

// newWorldWithMail is a world whose mail goes to an SMTP server; without one it is kept.
func newWorldWithMail(t T, smtp string) *world {
	t.Helper()
	w := &world{T: t, clock: &clock{at: monday}}
	db := databasetest.Open(t)
	keys, err := account.LoadKeys(strings.Repeat("secret", 8), t.TempDir())
	require.NoError(t, err)
	hashing := account.Hashing{Params: argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, AtOnce: 2, Waiting: 1000}
	accounts := account.New(db, keys, w.clock.now, func(ctx context.Context, tx bun.IDB, template string, to uuid.UUID, about any) error {
		return mail.Queue(ctx, tx, mail.Order{Template: template, To: to, About: about, At: w.clock.now()})
	}, hashing)
	w.decoding = darkroom.NewDarkroom(2)
	photos, err := evaluation.NewPhotos(db, t.TempDir(), w.clock.now, w.decoding)
	require.NoError(t, err)
	checklists := &evaluation.Checklists{DB: db, Clock: w.clock.now}
	settings := &evaluation.SettingsStore{DB: db, Clock: w.clock.now}
	w.server = &handlers.Server{
		DB: db, Accounts: accounts, Photos: photos, Checklists: checklists, Metrics: true,
		Settings:    settings,
		Branches:    &evaluation.Branches{DB: db, Clock: w.clock.now},
		Visits:      &evaluation.Visits{DB: db, Clock: w.clock.now},
		Evaluations: &evaluation.Evaluations{DB: db, Checklists: checklists, Clock: w.clock.now},
		Targets:     &evaluation.Targets{DB: db, Clock: w.clock.now},
		Invitations: &scheduling.Invitations{DB: db, Links: scheduling.Links{Key: keys.For("links of participants")}, Clock: w.clock.now},
		Reports:     &evaluation.Reports{DB: db, Checklists: checklists, Photos: photos, Clock: w.clock.now},

		Venues:       &scheduling.Venues{DB: db, Clock: w.clock.now, Currency: settings.Currency},
		Studies:      &scheduling.Studies{DB: db, Clock: w.clock.now, Currency: settings.Currency},
		FocusGroups:  &scheduling.FocusGroups{DB: db, Clock: w.clock.now},
		Attributes:   &scheduling.Attributes{DB: db, Clock: w.clock.now},
		Participants: &scheduling.Participants{DB: db, Clock: w.clock.now},
	}
	w.server.GroupReports = &scheduling.Reports{DB: db, Clock: w.clock.now}
	w.server.Doors = &scheduling.Doors{DB: db, Clock: w.clock.now, Codes: scheduling.CheckInCodes{Key: keys.For("check-in")}}
	w.server.Costs = &scheduling.Costs{DB: db, Clock: w.clock.now}
	receipts, err := darkroom.OpenFolder(t.TempDir())
	require.NoError(t, err)
	w.server.Receipts = &scheduling.Receipts{DB: db, Clock: w.clock.now, Files: receipts, Darkroom: darkroom.NewDarkroom(1)}
	w.server.Findings = &scheduling.Findings{DB: db, Clock: w.clock.now}
	w.server.Actions = &scheduling.Actions{DB: db, Clock: w.clock.now}
	w.runner = jobs.NewRunner(db, w.clock.now)
	w.server.Mails, err = mail.NewPost(db, w.runner, w.clock.now, smtp, "Fieldcare <fieldcare@example.org>")
	require.NoError(t, err)
	letters := &evaluation.Letters{DB: db, Checklists: checklists, PublicURL: "https://fieldcare.test", Clock: w.clock.now}
	letters.Register(w.server.Mails, w.runner)
	w.server.FocusGroupLetters = &scheduling.Letters{DB: db, Links: scheduling.Links{Key: keys.For("links of participants")}, PublicURL: "https://fieldcare.test",
		From: scheduling.Mailbox{Name: "Fieldcare", Address: "fieldcare@example.org"}, Organisation: func(context.Context) (string, error) { return "Northwind", nil }, Clock: w.clock.now}
	w.server.FocusGroupLetters.Register(w.server.Mails, w.runner)
	w.server.Feeds = &scheduling.Feeds{DB: db, Links: scheduling.Links{Key: keys.For("calendars")}, PublicURL: "https://fieldcare.test",
		Organisation: func(context.Context) (string, error) { return "Northwind", nil }, Clock: w.clock.now}
	purges := &evaluation.Purges{Settings: w.server.Settings, Evaluations: w.server.Evaluations, Photos: photos, Accounts: accounts, Mails: w.server.Mails}
	purges.Register(w.runner)
	accounts.Language = func(ctx context.Context) (string, error) {
		settings, err := w.server.Settings.Read(ctx)
		return settings.Language, err
	}
	accounts.WriteLetters(w.server.Mails, "https://fieldcare.test", func(context.Context) (string, error) { return "Northwind", nil })

	w.serve(func(memory net.Listener) net.Listener { return memory })

	w.ada = w.person("Ada", account.Admin)
	w.carol = w.person("Carol", account.Coordinator)
	w.sam = w.person("Sam", account.Shopper)
	w.sue = w.person("Sue", account.Shopper)
	w.max = w.person("Max", account.Manager)
	w.mona = w.person("Mona", account.Manager)
	w.moe = w.person("Moe", account.Moderator)
	w.nobody = &person{w: w, name: "Nobody", client: w.client()}
	w.oldTown = w.branch("WAW-01", "Warsaw Old Town", w.max)
	w.harbour = w.branch("GDN-01", "Gdańsk Harbour", w.mona)
	return w
}

// serve serves the application in memory, and has everybody who connects from now on speak to it there.
func (w *world) serve(through func(memory net.Listener) net.Listener) {
	app, memory := w.server.App(), fasthttputil.NewInmemoryListener()
	w.dial = func(context.Context, string, string) (net.Conn, error) { return memory.Dial() }
	served := make(chan error, 1)
	go func() { served <- app.Listener(through(memory)) }()
	w.Cleanup(func() {
		require.NoError(w, app.Shutdown())
		require.NoError(w, <-served)
	})
}

// mailed runs the jobs that are due and gives the mails to a person that were kept, oldest first.
func (w *world) mailed(to *person) []body {
	w.Helper()
	_, err := w.runner.RunDue(context.Background())
	require.NoError(w, err)
	var mails []body
	for _, m := range w.ada.get("/mails?limit=200").is(200).items() {
		if m["to"] == to.id.String() && m["state"] == "kept" {
			mails = append([]body{m}, mails...)
		}
	}
	return mails
}

// person is somebody with a role and a browser.
type person struct {
	w      *world
	id     uuid.UUID
	name   string
	email  string
	client *http.Client
	token  string
	until  time.Time // the token is valid
}

func (w *world) client() *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(w, err)
	client := &http.Client{Jar: jar, Transport: &http.Transport{DialContext: w.dial}}
	w.Cleanup(client.CloseIdleConnections) // a stop waits for connections that were opened and not used
	return client
}

func (w *world) person(name string, roles account.Roles) *person {
	w.Helper()
	email, language := strings.ToLower(name)+"@example.org", "en"
	u, err := w.server.Accounts.AddWithPassword(context.Background(), account.UserChange{Email: &email, Name: &name, Language: &language, Roles: &roles}, password)
	require.NoError(w, err)
	return &person{w: w, id: u.ID, name: name, email: email, client: w.client()}
}

func (w *world) branch(code, name string, managers ...*person) branch {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	ids := []uuid.UUID{}
	for _, m := range managers {
		ids = append(ids, m.id)
	}
	w.carol.post("/branches", body{"id": id, "code": code, "name": name, "address": "Rynek 1", "zone": "Europe/Warsaw",
		"region": "North", "brand": "Northwind", "position": body{"lat": 52.25, "lon": 21.01}, "managers": ids}).is(201)
	return branch{id, code}
}

type body map[string]any

// answer is what came back. Every answer was checked against the OpenAPI document.
type answer struct {
	T
	status int
	header http.Header
	body   []byte
	what   string
}

// is requires the status.
func (a *answer) is(status int) *answer {
	a.Helper()
	require.Equal(a, status, a.status, "%s: %s", a.what, a.body)
	return a
}

// refuses requires the status and that the problem says something.
func (a *answer) refuses(status int, says string) *answer {
	a.Helper()
	a.is(status)
	require.Contains(a, string(a.body), says, a.what)
	return a
}

func (a *answer) into(v any) {
	a.Helper()
	require.NoError(a, json.Unmarshal(a.body, v), string(a.body))
}

// object reads the answer as an object.
func (a *answer) object() body {
	a.Helper()
	var b body
	a.into(&b)
	return b
}

// items reads the answer as a list.
func (a *answer) items() []body {
	a.Helper()
	var list struct {
		Items []body `json:"items"`
	}
	a.into(&list)
	return list.Items
}

// faults gives the pointers of the problem's faults and their details.
func (a *answer) faults() map[string]string {
	a.Helper()
	var p struct {
		Errors []struct{ Pointer, Detail string }
	}
	a.into(&p)
	found := map[string]string{}
	for _, e := range p.Errors {
		found[e.Pointer] = e.Detail
	}
	return found
}

func (p *person) get(path string) *answer            { p.w.Helper(); return p.send("GET", path, nil) }
func (p *person) post(path string, what any) *answer { p.w.Helper(); return p.send("POST", path, what) }
func (p *person) put(path string, what any) *answer  { p.w.Helper(); return p.send("PUT", path, what) }
func (p *person) delete(path string) *answer         { p.w.Helper(); return p.send("DELETE", path, nil) }
func (p *person) patch(path string, edition int64, what any) *answer {
	p.w.Helper()
	return p.send("PATCH", path, what, "If-Match", etag(edition))
}

// send sends a request as the person: JSON, or bytes as they are. Headers are pairs.
func (p *person) send(method, path string, what any, headers ...string) *answer {
	p.w.Helper()
	if p.id != uuid.Nil && !p.w.clock.now().Before(p.until) {
		p.signIn()
	}
	return p.sendAs(p.token, method, path, what, headers...)
}

func (p *person) signIn() {
	p.w.Helper()
	var session struct {
		AccessToken string    `json:"access_token"`
		ExpiresAt   time.Time `json:"expires_at"`
	}
	p.sendAs("", "POST", "/session", body{"email": p.email, "password": password}).is(201).into(&session)
	p.token, p.until = session.AccessToken, session.ExpiresAt
}

func (p *person) sendAs(token, method, path string, what any, headers ...string) *answer {
	p.w.Helper()
	var content io.Reader
	kind := "application/json"
	switch what := what.(type) {
	case nil:
	case []byte:
		content, kind = bytes.NewReader(what), "application/octet-stream"
	case string:
		content, kind = strings.NewReader(what), "text/csv"
	default:
		text, err := json.Marshal(what)
		require.NoError(p.w, err)
		content = bytes.NewReader(text)
	}
	if !strings.HasPrefix(path, "http") {
		path = "http://fieldcare.test/api/v1" + path
	}
	request, err := http.NewRequest(method, path, content)
	require.NoError(p.w, err)
	if content != nil {
		request.Header.Set("Content-Type", kind)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := p.client.Do(request)
	require.NoError(p.w, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.w, err)
	a := &answer{T: p.w.T, status: response.StatusCode, header: response.Header, body: text, what: method + " " + path + " as " + p.name}
	require.Less(p.w, a.status, 500, "%s: %s", a.what, text)
	checkAgainstOpenAPI(p.w, method, request.URL.Path, a)
	return a
}

func etag(edition int64) string { return `"` + jsonText(edition) + `"` }

func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
