package scheduling_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/mail"
	"fieldcare/scheduling"
)

// seated is somebody who accepted and, where they were told, has the session in their calendar.
func (w *lettered) seated(name string, told bool) (who invited, had readEntry) {
	w.Helper()
	who = w.invite(name, name+"@panel.example", "accepted")
	w.write("UPDATE invitations SET accepted_at = ? WHERE id = ?", database.At(w.clock()), who.invitation)
	w.write("UPDATE focus_groups SET taken = taken + 1 WHERE id = ?", w.group)
	if told {
		w.order("invitation-confirmed", who)
		had = entryOf(w.T, w.only(), "REQUEST")
	}
	return who, had
}

func (w *lettered) invitations() *scheduling.Invitations {
	return &scheduling.Invitations{DB: w.db, Links: testLinks, Clock: w.clock}
}

// waysToCancel are the two in which participants say that they cannot come any more.
func (w *lettered) waysToCancel() map[string]func(context.Context, invited) error {
	cannot := scheduling.Answer{Answer: scheduling.AnswerCancel}
	return map[string]func(context.Context, invited) error{
		"by link": func(ctx context.Context, who invited) error {
			return w.invitations().AnswerByLink(ctx, testLinks.Make(scheduling.AnswerLink, who.invitation, 1), cannot)
		},
		"by phone": func(ctx context.Context, who invited) error {
			_, err := w.invitations().Answer(ctx, account.User{ID: w.carol, Roles: account.Coordinator}, who.invitation, cannot)
			return err
		},
	}
}

func TestWhoCancelsGetsTheSessionTakenOutOfTheirCalendar(t *testing.T) {
	w := newLettered(t)
	for way, cancel := range w.waysToCancel() {
		who, had := w.seated("pat", true)
		w.seated("quinn", true)
		for range 2 {
			require.NoError(t, cancel(t.Context(), who), way)
		}
		l := w.only()
		require.Equal(t, "pat@panel.example", l.To, "nobody else hears of it")
		require.Equal(t, "You have cancelled: How we answer the phone", l.Subject)
		require.Contains(t, l.Text, "Thank you for telling us that you cannot come")
		require.Contains(t, l.Text, "Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw)")
		require.Empty(t, l.Header.Get("List-Unsubscribe"))
		entry := entryOf(t, l, "CANCEL")
		require.Equal(t, "CANCELLED", entry.Status)
		require.Equal(t, had.UID, entry.UID)
		require.Equal(t, had.Sequence+1, entry.Sequence)
		require.Equal(t, []string{had.Organizer, had.Attendee, had.Attendees}, []string{entry.Organizer, entry.Attendee, entry.Attendees})
	}
}

func TestWhoCancelsWithoutHavingTheSessionInACalendarGetsNoMail(t *testing.T) {
	w := newLettered(t)
	for way, cancel := range w.waysToCancel() {
		who, _ := w.seated("pat", false)
		require.NoError(t, cancel(t.Context(), who), way)
		waits := w.invite("Wait", "wait@panel.example", "waitlisted")
		require.NoError(t, cancel(t.Context(), waits), way)
		require.Empty(t, subjects(w.arrive()), way)
		for _, somebody := range []invited{who, waits} {
			all, err := mail.To(t.Context(), w.db.Read(), []uuid.UUID{somebody.participant})
			require.NoError(t, err)
			for _, m := range all {
				require.Equal(t, mail.NotNeeded, m.State, way)
			}
		}
	}
}

func TestWhoCancelledIsRidOfTheEntryThoughTheSessionIsCancelledBeforeTheMailGoesOut(t *testing.T) {
	w := newLettered(t)
	who, had := w.seated("pat", true)
	require.NoError(t, w.waysToCancel()["by link"](t.Context(), who))
	w.write("UPDATE focus_groups SET state = 'cancelled' WHERE id = ?", w.group)
	entry := entryOf(t, w.only(), "CANCEL")
	require.Equal(t, had.UID, entry.UID)
	require.Equal(t, had.Sequence+1, entry.Sequence)
}

func TestWhoUnsubscribedIsStillToldWhatBecomesOfTheirSeat(t *testing.T) {
	w := newLettered(t)
	who, had := w.seated("pat", true)
	taken, _ := w.seated("quinn", true)
	w.write("UPDATE participants SET do_not_contact = TRUE")
	require.NoError(t, w.waysToCancel()["by link"](t.Context(), who))
	require.Equal(t, had.UID, entryOf(t, w.only(), "CANCEL").UID)
	_, err := w.invitations().Withdraw(t.Context(), account.User{ID: w.carol, Roles: account.Coordinator}, taken.invitation, "A mistake of ours")
	require.NoError(t, err)
	require.Equal(t, "Your invitation is withdrawn: How we answer the phone", w.only().Subject, "or they would come to a seat that is not theirs")
}
