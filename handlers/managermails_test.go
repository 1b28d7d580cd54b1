package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
)

// tuesday is the morning after a Monday's approvals: 07:00 in Warsaw.
var tuesday = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

// kept gives the mails of a template to a person, oldest first.
func (w *world) kept(to *person, template string) []body {
	w.Helper()
	mails := []body{}
	for _, m := range w.mailed(to) {
		if m["template"] == template {
			mails = append(mails, m)
		}
	}
	return mails
}

// news gives the subjects of the mails about new reports to a person.
func (w *world) news(to *person) []string {
	w.Helper()
	subjects := []string{}
	for _, m := range w.kept(to, "new-report") {
		subjects = append(subjects, m["subject"].(string))
	}
	return subjects
}

const (
	oldTownIsReady = "A new report of Warsaw Old Town is ready"
	harbourIsReady = "A new report of Gdańsk Harbour is ready"
)

// handedIn is an evaluation of Sam's about the branch, made this Monday. The same shopper may come again at once.
func (w *world) handedIn(checklist uuid.UUID, b branch) string {
	w.Helper()
	if settings := w.ada.get("/settings").is(200).object(); settings["rotation_days"] != 0.0 {
		w.ada.patch("/settings", int64(settings["edition"].(float64)), body{"rotation_days": 0}).is(200)
	}
	v := w.plan(checklist, body{"branch_id": b.ID})
	w.sam.post(v.path("/accept"), nil).is(200)
	if noon := monday.Add(4 * time.Hour); w.clock.now().Before(noon) {
		w.clock.set(noon)
	}
	s := submission(v, goodAnswers(), nil)
	w.sam.post("/evaluations", s).is(201)
	return s["id"].(string)
}

func (w *world) reopen(id string) {
	w.Helper()
	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "A second look"}).is(200)
}

// manage sets who manages the branch.
func (w *world) manage(b branch, managers ...*person) {
	w.Helper()
	ids := []uuid.UUID{}
	for _, m := range managers {
		ids = append(ids, m.id)
	}
	path := "/branches/" + b.ID.String()
	edition := int64(w.carol.get(path).is(200).object()["edition"].(float64))
	w.carol.patch(path, edition, body{"managers": ids}).is(200)
}

// change has Ada change a user.
func (w *world) change(p *person, what body) {
	w.Helper()
	edition := int64(w.ada.get(p.path()).is(200).object()["edition"].(float64))
	w.ada.patch(p.path(), edition, what).is(200)
}

func TestABranchsManagerIsToldOfANewReportOnTheMorningAfterItsApproval(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.clock.set(tuesday)
	require.Empty(t, w.news(w.max), "nothing is approved yet")
	w.clock.forward(2 * time.Hour)
	w.approve(id, 9)
	wednesday := tuesday.AddDate(0, 0, 1)
	w.clock.set(wednesday.Add(-time.Microsecond))
	require.Empty(t, w.news(w.max))
	w.clock.set(wednesday)
	require.Equal(t, []string{oldTownIsReady}, w.news(w.max))
	for _, other := range []*person{w.mona, w.moe, w.carol, w.ada, w.sam, w.sue} {
		require.Empty(t, w.news(other), other.name)
	}
	w.clock.forward(30 * 24 * time.Hour)
	require.Len(t, w.news(w.max), 1)
}

// mailbox is an SMTP server that takes everything.
type mailbox struct {
	mutex sync.Mutex
	raw   [][]byte
}

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return b, nil }
func (b *mailbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (b *mailbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (b *mailbox) Reset()                                      {}
func (b *mailbox) Logout() error                               { return nil }
func (b *mailbox) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.raw = append(b.raw, raw)
	return err
}

// postTo is another node of the world's, whose mail goes to an SMTP server.
func (w *world) postTo(address string) *jobs.Runner {
	runner := jobs.NewRunner(w.server.DB, w.clock.now)
	post, err := mail.NewPost(w.server.DB, runner, w.clock.now, "smtp://"+address, "Fieldcare <fieldcare@example.org>")
	require.NoError(w, err)
	letters := &evaluation.Letters{DB: w.server.DB, Checklists: w.server.Checklists, PublicURL: "https://fieldcare.test", Clock: w.clock.now}
	letters.Register(post, runner)
	return runner
}

func TestTheMailOfANewReportTellsNothingOfTheVisit(t *testing.T) {
	w := newWorld(t)
	box := &mailbox{}
	server := smtp.NewServer(box)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })

	v, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.approve(id, 9)
	require.NotNil(t, w.mailed(w.sam), "what is for others is gone before")
	w.clock.set(tuesday)
	_, err = w.postTo(listener.Addr().String()).RunDue(context.Background())
	require.NoError(t, err)
	require.Len(t, box.raw, 1)
	message, err := netmail.ReadMessage(bytes.NewReader(box.raw[0]))
	require.NoError(t, err)
	require.Equal(t, oldTownIsReady, message.Header.Get("Subject"))
	require.Contains(t, message.Header.Get("To"), w.max.email)
	date, err := message.Header.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(tuesday), "the time of the approval is not told")

	const link = "https://fieldcare.test/branches/"
	_, kind, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	parts := multipart.NewReader(message.Body, kind["boundary"])
	said := []string{message.Header.Get("Subject")}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		require.Contains(t, string(content), link+w.oldTown.ID.String())
		text := string(content)
		if part.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
			text = textOf(t, text)
		}
		said = append(said, text)
	}
	require.Len(t, said, 3)
	for _, text := range said {
		text = string(bytes.ReplaceAll([]byte(text), []byte(link+w.oldTown.ID.String()), nil))
		require.NotRegexp(t, `[0-9%]`, text, "no figure, no day, no time")
		require.NotRegexp(t, `(?i)monday|november|morning|afternoon|excellent|passed|visit|shopper`, text)
	}
	mails := w.ada.get("/mails").is(200).items()
	for _, hidden := range []string{"Sam", w.sam.email, w.sam.id.String(), id, v.id.String(), mails[0]["id"].(string)} {
		require.NotContains(t, string(box.raw[0]), hidden)
	}
}

// textOf is what a page shows.
func textOf(t *testing.T, page string) (text string) {
	document, err := html.Parse(bytes.NewReader([]byte(page)))
	require.NoError(t, err)
	for node := range document.Descendants() {
		if node.Type == html.TextNode {
			text += node.Data + "\n"
		}
	}
	return text
}

func TestTheApprovalsOfADayAreGatheredInOneMailForEachBranch(t *testing.T) {
	w := newWorld(t)
	w.manage(w.harbour, w.mona, w.max)
	checklist := w.publish(branchVisit())
	ids := []string{w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.harbour), w.handedIn(checklist, w.oldTown)}
	for _, id := range ids[:3] {
		w.approve(id, 8)
		w.clock.forward(time.Hour)
		require.Empty(t, w.news(w.max))
	}
	w.clock.set(tuesday)
	require.ElementsMatch(t, []string{oldTownIsReady, harbourIsReady}, w.news(w.max))
	require.Equal(t, []string{harbourIsReady}, w.news(w.mona))
	w.approve(ids[3], 8)
	require.Len(t, w.news(w.max), 2, "at 07:00 itself it is too late for the day")
	w.clock.forward(24 * time.Hour)
	require.Len(t, w.news(w.max), 3)
}

func TestAnApprovalInTheLastMinuteBeforeTheMorningIsToldADayLater(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	early, late := w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.harbour)
	w.clock.set(tuesday.Add(-time.Minute - time.Second))
	w.approve(early, 8)
	w.clock.set(tuesday.Add(-time.Minute))
	w.approve(late, 8)
	w.clock.set(tuesday)
	require.Len(t, w.news(w.max), 1)
	require.Empty(t, w.news(w.mona))
	w.clock.forward(24 * time.Hour)
	require.Len(t, w.news(w.max), 1)
	require.Len(t, w.news(w.mona), 1)
}

func TestWhatWasReopenedBeforeTheMorningIsNotTold(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	first, second, harbour := w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.harbour)
	for _, id := range []string{first, second, harbour} {
		w.approve(id, 8)
	}
	w.reopen(first)
	w.reopen(harbour)
	w.clock.set(tuesday.Add(time.Hour))
	w.approve(harbour, 7)
	require.Equal(t, []string{oldTownIsReady}, w.news(w.max), "the second still is approved")
	require.Empty(t, w.news(w.mona), "what is approved since the morning is the next morning's")
	w.clock.forward(24 * time.Hour)
	require.Equal(t, []string{harbourIsReady}, w.news(w.mona))
}

func TestWhatIsReopenedAndApprovedAgainIsToldOnceADay(t *testing.T) {
	w := newWorld(t)
	id := w.handedIn(w.publish(branchVisit()), w.oldTown)
	again := func() {
		w.approve(id, 8)
		w.clock.forward(time.Minute)
		w.reopen(id)
		w.clock.forward(time.Minute)
		w.approve(id, 9)
	}
	again()
	w.clock.set(tuesday)
	require.Len(t, w.news(w.max), 1)
	w.reopen(id)
	again()
	w.clock.forward(time.Hour)
	require.Len(t, w.news(w.max), 1)
	w.clock.set(tuesday.AddDate(0, 0, 1))
	require.Len(t, w.news(w.max), 2, "what went and came back on another day is news again")
}

func TestWhoManagesTheBranchInTheMorningIsTold(t *testing.T) {
	w := newWorld(t)
	cora := w.person("Cora", account.Coordinator|account.Manager)
	left, disabled, demoted, joins := w.person("Lea", account.Manager), w.person("Dan", account.Manager), w.person("Dora", account.Manager), w.person("Joe", account.Manager)
	w.manage(w.oldTown, w.max, cora, left, disabled, demoted)
	id := w.handedIn(w.publish(branchVisit()), w.oldTown)
	w.approve(id, 8)
	w.manage(w.oldTown, w.max, cora, joins, disabled, demoted)
	w.change(disabled, body{"disabled": true})
	w.change(demoted, body{"roles": []string{"moderator"}})
	w.clock.set(tuesday)
	for _, told := range []*person{w.max, cora, joins} {
		require.Equal(t, []string{oldTownIsReady}, w.news(told), told.name)
	}
	for _, other := range []*person{left, disabled, demoted, w.mona, w.carol} {
		require.Empty(t, w.news(other), other.name)
	}
	w.manage(w.oldTown, w.max, left)
	w.clock.forward(time.Hour)
	require.Empty(t, w.news(left), "who joins later is not told of what was there before")
}

func TestAMailThatCouldNotBeSentAtOnceIsNotSentToWhoHasLeftMeanwhile(t *testing.T) {
	w := newWorld(t)
	demoted, disabled := w.person("Dora", account.Manager), w.person("Dan", account.Manager)
	w.manage(w.oldTown, w.max, w.mona, demoted, disabled)
	checklist := w.publish(branchVisit())
	id, reopened := w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.harbour)
	w.approve(id, 8)
	w.approve(reopened, 8)
	require.NotNil(t, w.mailed(w.sam), "what is for others is gone before")
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	w.clock.set(tuesday)
	_, err = w.postTo(closed.Addr().String()).RunDue(context.Background())
	require.ErrorContains(t, err, "refused")

	w.manage(w.oldTown, w.max, demoted, disabled)
	w.change(demoted, body{"roles": []string{"moderator"}})
	w.change(disabled, body{"disabled": true})
	w.reopen(reopened)
	w.clock.forward(time.Hour)
	require.Equal(t, []string{oldTownIsReady}, w.news(w.max))
	for _, other := range []*person{w.mona, demoted, disabled} {
		require.Empty(t, w.news(other), other.name)
	}
	states := map[any]int{}
	for _, m := range w.ada.get("/mails").is(200).items() {
		if m["template"] == "new-report" {
			states[m["state"]]++
		}
	}
	require.Equal(t, map[any]int{"kept": 1, "not needed": 4}, states)
}

func TestNewsOfMoreThanAWeekAgoIsNotMailed(t *testing.T) {
	for late, told := range map[time.Duration]int{7 * 24 * time.Hour: 1, 7*24*time.Hour + time.Second: 0} {
		w := newWorld(t)
		w.approve(w.handedIn(w.publish(branchVisit()), w.oldTown), 8)
		w.clock.set(tuesday.Add(late))
		require.Len(t, w.news(w.max), told, late)
	}
}

func TestTheMorningIsThatOfTheBranchsZone(t *testing.T) {
	w := newWorld(t)
	id := uuid.Must(uuid.NewV7())
	w.carol.post("/branches", body{"id": id, "code": "NYC-01", "name": "Broadway", "zone": "America/New_York", "managers": []uuid.UUID{w.max.id}}).is(201)
	w.approve(w.handedIn(w.publish(branchVisit()), branch{ID: id}), 8)
	w.clock.set(time.Date(2026, 11, 24, 11, 59, 59, 0, time.UTC))
	require.Empty(t, w.news(w.max))
	w.clock.forward(time.Second)
	require.Equal(t, []string{"A new report of Broadway is ready"}, w.news(w.max))
}

func TestAReportThatWasToldBeforeIsNoNews(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	told, taken := w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.oldTown)
	w.approve(told, 8)
	w.clock.set(tuesday)
	require.Len(t, w.news(w.max), 1)
	w.approve(taken, 8)
	w.reopen(taken)
	w.clock.forward(24 * time.Hour)
	require.Len(t, w.news(w.max), 1)
}
