package scheduling_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/mail/mailtest"
	"fieldcare/scheduling"
)

// lettered is a session with its mail, on a server that keeps what arrives.
type lettered struct {
	*testing.T
	db      *database.DB
	now     atomic.Int64
	runner  *jobs.Runner
	box     *mailtest.Mailbox
	letters *scheduling.Letters

	carol, moe, ann    uuid.UUID // a coordinator, the moderator, an assistant
	study, group, room uuid.UUID
	starts             time.Time
}

// session is on a Thursday at 18:00 in Warsaw.
var session = time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)

func newLettered(t *testing.T) *lettered {
	w := &lettered{T: t, db: databasetest.Open(t), box: mailtest.New(t), starts: session,
		carol: uuid.New(), moe: uuid.New(), ann: uuid.New(), study: uuid.New(), group: uuid.New(), room: uuid.New()}
	w.at(session.AddDate(0, 0, -14))
	w.runner = jobs.NewRunner(w.db, w.clock)
	post, err := mail.NewPost(w.db, w.runner, w.clock, w.box.URL, "Northwind <care@northwind.example>")
	require.NoError(t, err)
	w.letters = &scheduling.Letters{DB: w.db, Links: testLinks, PublicURL: "https://fieldcare.test", From: scheduling.Mailbox{Name: "Northwind", Address: "care@northwind.example"},
		Organisation: func(context.Context) (string, error) { return "Northwind: Coffee", nil }, Clock: w.clock}
	w.letters.Register(post, w.runner)

	venue := uuid.New()
	w.user(w.carol, "carol", account.Coordinator)
	w.user(w.moe, "moe", account.Moderator)
	w.user(w.ann, "ann", account.Moderator)
	w.write(`INSERT INTO venues (id, name, folded, address, zone, directions, created_at, edition) VALUES (?, 'Stary Młyn', '', 'ul. Wodna 3, Kraków', 'Europe/Warsaw', 'Ring; the bell', 0, 1)`, venue)
	w.write(`INSERT INTO rooms (id, venue_id, name, capacity, features, price, price_per, currency, lead_days, cancel_days, setup_minutes, hired, created_at, edition)
		VALUES (?, ?, 'Room 1', 12, '[]', 0, 'hour', 'EUR', 0, 3, 30, TRUE, 0, 1)`, w.room, venue)
	w.write(`INSERT INTO studies (id, title, folded, purpose, branches, language, screening, quotas, exclusions, guide, rates, incentive, budget, currency, created_at, edition)
		VALUES (?, 'Phones', '', '', '[]', 'en', '[]', '[]', '[]', '[]', '{}', 5000, 0, 'EUR', 0, 1)`, w.study)
	w.write(`INSERT INTO focus_groups (id, study_id, topic, state, language, room_id, room_reference, moderator_id, assistants, zone, starts, ends, starts_at, ends_at, seats, minimum, reserve,
			notice_minutes, taken, reason, created_at, edition)
		VALUES (?, ?, 'How we answer the phone', 'scheduled', 'en', ?, 'SM-17', ?, ?, 'Europe/Warsaw', '', '', ?, ?, 8, 4, 2, 60, 0, 'Too few', 0, 1)`,
		w.group, w.study, w.room, w.moe, fmt.Sprintf(`[%q]`, w.ann), database.At(session), database.At(session.Add(2*time.Hour)))
	return w
}

func (w *lettered) clock() time.Time { return time.UnixMicro(w.now.Load()).UTC() }
func (w *lettered) at(t time.Time)   { w.now.Store(t.UnixMicro()) }

func (w *lettered) write(query string, args ...any) {
	w.Helper()
	require.NoError(w, w.db.Write(w.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (w *lettered) user(id uuid.UUID, name string, roles account.Roles) {
	w.Helper()
	w.write(`INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition) VALUES (?, ?, ?, '', 'en', ?, '', 0, 1)`,
		id, name+"@office.example", strings.ToUpper(name[:1])+name[1:], int64(roles))
}

// invited is a participant with their invitation.
type invited struct{ participant, invitation uuid.UUID }

func (w *lettered) invite(name, email, state string) invited {
	w.Helper()
	i := invited{uuid.New(), uuid.New()}
	w.write(`INSERT INTO participants (id, name, folded, email, email_folded, phone, phone_digits, language, zone, household, employer, notes, tags, attributes, do_not_contact, generation, created_at, edition)
		VALUES (?, ?, '', ?, '', '+48 12 345', '', 'en', 'Europe/Warsaw', '', '', '', '[]', '{}', FALSE, 1, 0, 1)`, i.participant, name, email)
	w.write(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, answer_by, calendar_uid, calendar_sent, sequence, created_at, edition)
		VALUES (?, ?, ?, ?, 1, '', '{}', ?, ?, FALSE, 0, 0, 1)`, i.invitation, w.group, i.participant, state, database.At(session.AddDate(0, 0, -3)), i.invitation.String()+"@northwind.example")
	return i
}

func (w *lettered) order(template string, i invited) {
	w.Helper()
	require.NoError(w, w.db.Write(w.Context(), func(ctx context.Context, tx bun.Tx) error {
		return mail.Queue(ctx, tx, mail.Order{Template: template, To: i.participant, At: w.clock(), About: map[string]uuid.UUID{"invitation": i.invitation}})
	}))
}

// announce does what is done where a session is moved or cancelled.
func (w *lettered) announce(kind string, payload any) {
	w.Helper()
	text, err := json.Marshal(payload)
	require.NoError(w, err)
	require.NoError(w, w.db.Write(w.Context(), func(ctx context.Context, tx bun.Tx) error {
		return jobs.Add(ctx, tx, jobs.Job{Kind: kind, Payload: text, RunAt: w.clock()})
	}))
}

func (w *lettered) moveTo(starts time.Time) {
	w.Helper()
	w.starts = starts
	w.write("UPDATE focus_groups SET starts_at = ?, ends_at = ?, edition = edition + 1 WHERE id = ?", database.At(starts), database.At(starts.Add(2*time.Hour)), w.group)
}

// arrive runs what is due and gives the mail that comes.
func (w *lettered) arrive() []mailtest.Letter {
	w.Helper()
	_, err := w.runner.RunDue(w.Context())
	require.NoError(w, err)
	return w.box.Take()
}

// only is the one mail that comes.
func (w *lettered) only() mailtest.Letter {
	w.Helper()
	all := w.arrive()
	require.Len(w, all, 1, "%v", subjects(all))
	return all[0]
}

func subjects(letters []mailtest.Letter) (all []string) {
	for _, l := range letters {
		all = append(all, l.To+": "+l.Subject)
	}
	return all
}

// entryOf reads the calendar of a mail back, which is the same as part and as file.
func entryOf(t *testing.T, l mailtest.Letter, method string) readEntry {
	t.Helper()
	require.Equal(t, method, l.Method, "the MIME header says the method")
	require.Equal(t, l.Calendar, l.File)
	read := readByPython(t, l.Calendar)[0]
	require.Equal(t, method, read.Method, "and so does the body")
	require.Len(t, read.Entries, 1)
	return read.Entries[0]
}

const patsName = "Łukasz \"Luke\" Ωmega; Jr.,\r\nBcc: all@example.org"

func TestTheMailOfAFullLife(t *testing.T) {
	w := newLettered(t)
	pat := w.invite(patsName, "pat@panel.example", "sent")

	w.order("invitation", pat)
	asked := w.only()
	require.Equal(t, "pat@panel.example", asked.To)
	require.Empty(t, asked.Header.Get("Bcc"))
	require.Nil(t, asked.Calendar, "or mail programs show buttons whose answers never reach us")
	require.Nil(t, asked.File)
	answer := "https://fieldcare.test/rsvp/" + testLinks.Make(scheduling.AnswerLink, pat.invitation, 1)
	stop := "https://fieldcare.test/unsubscribe/" + testLinks.Make(scheduling.UnsubscribeLink, pat.participant, 1)
	for _, says := range []string{"How we answer the phone", "Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw)", "Room 1, Stary Młyn", "ul. Wodna 3, Kraków", "> Ring; the bell",
		"50.00 EUR", "at the latest Monday 23 November 2026, 18:00 (Europe/Warsaw)", answer, stop} {
		require.Contains(t, asked.Text, says)
	}
	require.Contains(t, asked.HTML, answer)
	require.Equal(t, "<"+stop+">", asked.Header.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", asked.Header.Get("List-Unsubscribe-Post"))

	w.write("UPDATE invitations SET state = 'accepted' WHERE id = ?", pat.invitation)
	w.order("invitation-confirmed", pat)
	confirmed := w.only()
	require.Empty(t, confirmed.Header.Get("List-Unsubscribe"))
	entry := entryOf(t, confirmed, "REQUEST")
	require.Equal(t, pat.invitation.String()+"@northwind.example", entry.UID)
	require.EqualValues(t, 0, entry.Sequence)
	require.Equal(t, "2026-11-12T17:00:00+00:00", entry.Stamp)
	require.Equal(t, "2026-11-26T17:00:00+00:00", entry.Starts)
	require.Equal(t, "2026-11-26T19:00:00+00:00", entry.Ends)
	require.Equal(t, "Room 1, Stary Młyn, ul. Wodna 3, Kraków", entry.Location)
	require.Equal(t, "Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw)\n\nRing; the bell", entry.Description)
	require.Equal(t, []string{"ACCEPTED", "FALSE", "CONFIRMED"}, []string{entry.State, entry.RSVP, entry.Status})
	require.Equal(t, "mailto:care@northwind.example", entry.Organizer)
	require.Equal(t, "Northwind: Coffee", entry.Organizers)
	require.Equal(t, "mailto:pat@panel.example", entry.Attendee)
	require.Equal(t, "Łukasz 'Luke' Ωmega; Jr., Bcc: all@example.org", entry.Attendees)

	w.at(session.AddDate(0, 0, -7).Add(-time.Second))
	require.Empty(t, subjects(w.arrive()))
	w.at(session.AddDate(0, 0, -7))
	reminder := w.only()
	require.Equal(t, "We look forward to seeing you: How we answer the phone", reminder.Subject)
	require.Nil(t, reminder.Calendar)
	require.NotEmpty(t, reminder.Header.Get("List-Unsubscribe"))

	w.moveTo(session.AddDate(0, 0, 1))
	w.announce("focus-group-moved", w.group)
	moved := w.arrive()
	require.ElementsMatch(t, []string{"pat@panel.example", "moe@office.example", "ann@office.example"}, []string{moved[0].To, moved[1].To, moved[2].To})
	for _, l := range moved {
		require.Contains(t, l.Text, "Friday 27 November 2026, 18:00–20:00 (Europe/Warsaw)")
		require.Empty(t, l.Header.Get("List-Unsubscribe"))
		if l.To != "pat@panel.example" {
			require.Nil(t, l.Calendar)
			require.Contains(t, l.Text, "https://fieldcare.test/focus-groups/"+w.group.String())
			continue
		}
		update := entryOf(t, l, "REQUEST")
		require.Equal(t, entry.UID, update.UID)
		require.EqualValues(t, 1, update.Sequence)
		require.Equal(t, "2026-11-27T17:00:00+00:00", update.Starts)
		require.Equal(t, "2026-11-19T17:00:00+00:00", update.Stamp)
	}

	w.write("UPDATE focus_groups SET state = 'cancelled' WHERE id = ?", w.group)
	w.announce("focus-group-cancelled", map[string]uuid.UUID{"focus_group": w.group})
	over := w.arrive()
	require.Len(t, over, 3)
	for _, l := range over {
		require.Equal(t, "Cancelled: How we answer the phone", l.Subject)
		require.Equal(t, l.To != "pat@panel.example", strings.Contains(l.Text, "Too few"), "the reason was written for the office")
		if l.To == "pat@panel.example" {
			cancel := entryOf(t, l, "CANCEL")
			require.Equal(t, entry.UID, cancel.UID)
			require.EqualValues(t, 2, cancel.Sequence)
			require.Equal(t, "CANCELLED", cancel.Status)
			require.Equal(t, entry.Attendee, cancel.Attendee)
			require.Equal(t, entry.Organizer, cancel.Organizer)
		}
	}
	w.at(session.AddDate(0, 0, 3))
	require.Empty(t, subjects(w.arrive()), "nobody is reminded of what does not take place")
}

func TestWithdrawnIsNotCancelledAndTakesTheEntryOutOfTheCalendar(t *testing.T) {
	w := newLettered(t)
	pat, quinn := w.invite("Pat", "pat@panel.example", "accepted"), w.invite("Quinn", "quinn@panel.example", "withdrawn")
	w.order("invitation-confirmed", pat)
	before := entryOf(t, w.only(), "REQUEST")
	w.write("UPDATE invitations SET state = 'withdrawn' WHERE id = ?", pat.invitation)
	w.order("invitation-withdrawn", pat)
	l := w.only()
	require.Equal(t, "Your invitation is withdrawn: How we answer the phone", l.Subject)
	require.NotContains(t, strings.ToLower(l.Text), "cancel")
	cancel := entryOf(t, l, "CANCEL")
	require.Equal(t, before.UID, cancel.UID)
	require.Equal(t, before.Sequence+1, cancel.Sequence)
	w.order("invitation-withdrawn", quinn)
	require.Nil(t, w.only().Calendar, "there is no entry to take out")
}

func TestAMoveIsToldOnceToEverybodyWhoMustKnowWithAnEntryOnlyToWhoHadOne(t *testing.T) {
	w := newLettered(t)
	w.invite("Acc", "acc@panel.example", "accepted")
	w.invite("Ask", "ask@panel.example", "sent")
	w.invite("Wait", "wait@panel.example", "waitlisted")
	for _, state := range []string{"draft", "declined", "screened_out", "expired", "cancelled", "withdrawn"} {
		w.invite("No", state+"@panel.example", state)
	}
	w.moveTo(session.AddDate(0, 0, 1))
	w.announce("focus-group-moved", w.group)
	first := w.arrive()
	var told []string
	for _, l := range first {
		told = append(told, l.To)
		require.Nil(t, l.Calendar)
	}
	require.ElementsMatch(t, []string{"acc@panel.example", "ask@panel.example", "wait@panel.example", "moe@office.example", "ann@office.example"}, told)
	require.Empty(t, w.arrive())

	// Moved twice before the post comes round: the first time is no longer so, and only the second is told.
	w.announce("focus-group-moved", w.group)
	w.moveTo(session.AddDate(0, 0, 2))
	w.announce("focus-group-moved", w.group)
	for _, l := range w.arrive() {
		require.Contains(t, l.Text, "Saturday 28 November")
	}
}

func TestAJobThatRunsTwiceTellsAndCountsOnce(t *testing.T) {
	w := newLettered(t)
	pat := w.invite("Pat", "pat@panel.example", "accepted")
	w.order("invitation-confirmed", pat)
	w.only()
	id := uuid.New()
	for range 2 {
		require.NoError(t, w.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			return jobs.Add(ctx, tx, jobs.Job{ID: id, Kind: "focus-group-moved", Payload: json.RawMessage(`"` + w.group.String() + `"`), RunAt: w.clock()})
		}))
		_, err := w.runner.RunDue(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, w.box.Take(), 3)
	var sequence int
	require.NoError(t, w.db.Read().NewRaw("SELECT sequence FROM invitations WHERE id = ?", pat.invitation).Scan(t.Context(), &sequence))
	require.Equal(t, 1, sequence)
}

func TestPanelMailWaitsForTheQuietHoursToEndAndAMoveDoesNot(t *testing.T) {
	w := newLettered(t)
	night := time.Date(2026, 11, 18, 21, 0, 0, 0, warsaw)
	w.at(night)
	asked, sure := w.invite("Ask", "ask@panel.example", "sent"), w.invite("Sure", "sure@panel.example", "accepted")
	w.order("invitation", asked)
	w.order("invitation-confirmed", sure)
	require.Equal(t, "sure@panel.example", w.only().To, "who has just answered is awake")
	w.moveTo(session.Add(time.Hour))
	w.announce("focus-group-moved", w.group)
	require.Len(t, w.arrive(), 4)
	w.at(time.Date(2026, 11, 19, 8, 0, 0, 0, warsaw).Add(-time.Second))
	require.Empty(t, w.arrive())
	w.at(time.Date(2026, 11, 19, 8, 0, 0, 0, warsaw))
	require.Equal(t, "ask@panel.example", w.only().To)
}

func TestWhatIsNoLongerAptIsNotSent(t *testing.T) {
	for name, change := range map[string]string{
		"answered":     "UPDATE invitations SET state = 'declined' WHERE id = ?",
		"overdue":      "UPDATE invitations SET answer_by = 1 WHERE id = ?",
		"cancelled":    "UPDATE focus_groups SET state = 'cancelled' WHERE id = (SELECT focus_group_id FROM invitations WHERE id = ?)",
		"unsubscribed": "UPDATE participants SET do_not_contact = TRUE WHERE id = (SELECT participant_id FROM invitations WHERE id = ?)",
		"erased":       "UPDATE participants SET erased_at = 1 WHERE id = (SELECT participant_id FROM invitations WHERE id = ?)",
		"no address":   "UPDATE participants SET email = '' WHERE id = (SELECT participant_id FROM invitations WHERE id = ?)",
		"begun":        "UPDATE focus_groups SET starts_at = 1 WHERE id = (SELECT focus_group_id FROM invitations WHERE id = ?)",
	} {
		t.Run(name, func(t *testing.T) {
			w := newLettered(t)
			pat := w.invite("Pat", "pat@panel.example", "sent")
			w.order("invitation", pat)
			w.write(change, pat.invitation)
			require.Empty(t, w.arrive())
			all, err := mail.To(t.Context(), w.db.Read(), []uuid.UUID{pat.participant})
			require.NoError(t, err)
			require.Equal(t, mail.NotNeeded, all[0].State)
		})
	}
}

func TestARefusedAddressIsShownWithWhatItWasAbout(t *testing.T) {
	w := newLettered(t)
	pat := w.invite("Pat", "gone@panel.example", "sent")
	w.order("invitation", pat)
	_, err := w.runner.RunDue(t.Context())
	require.ErrorContains(t, err, "No such person here")
	all, err := mail.To(t.Context(), w.db.Read(), []uuid.UUID{pat.participant})
	require.NoError(t, err)
	require.Equal(t, mail.Failed, all[0].State)
	require.Contains(t, all[0].LastError, "No such person here")
	require.Contains(t, string(all[0].About), pat.invitation.String())
}
