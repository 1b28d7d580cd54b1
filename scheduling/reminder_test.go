package scheduling_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

func (w *lettered) attended(i invited, number int, outcome string) {
	w.Helper()
	w.write(`INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, struck_out, note, recorded_at, received_at, recorded_by)
		VALUES (?, ?, ?, '', ?, '', '', ?, 0, ?)`, uuid.New(), i.invitation, number, outcome, number, w.moe) // seen in the order of their numbers
}

// passes lets the time pass in steps, and gives what came, each with its time in Warsaw.
func (w *lettered) passes(until time.Time, step time.Duration) (came []string) {
	w.Helper()
	for now := w.clock(); now.Before(until); now = now.Add(step) {
		w.at(now)
		for _, l := range w.arrive() {
			came = append(came, now.In(warsaw).Format("Mon 15:04 ")+l.Subject)
		}
	}
	return came
}

func TestRemindersAreRelativeToTheStartAndMoveWithIt(t *testing.T) {
	w := newLettered(t)
	w.invite("Pat", "pat@panel.example", "accepted")
	w.at(session.AddDate(0, 0, -9))
	w.passes(session.AddDate(0, 0, -3), 6*time.Hour)
	w.moveTo(session.AddDate(0, 0, 1)) // to Friday; nobody is told in this test
	require.Equal(t, []string{
		"Wed 18:00 Are you still coming? How we answer the phone",
		"Thu 18:00 Are you still coming? How we answer the phone",
		"Fri 15:00 We look forward to seeing you: How we answer the phone",
	}, w.passes(session.AddDate(0, 0, 5), 3*time.Hour))
}

func TestWhoConfirmedIsNotAskedAgainAndWhoDidNotIsOnTheCallList(t *testing.T) {
	w := newLettered(t)
	carol := account.User{ID: w.carol, Roles: account.Coordinator}
	pat, quinn := w.invite("Pat", "pat@panel.example", "accepted"), w.invite("Quinn", "quinn@panel.example", "accepted")
	w.invite("Ask", "ask@panel.example", "sent")
	w.at(session.AddDate(0, 0, -3))
	require.Empty(t, w.arrive())
	w.at(session.AddDate(0, 0, -2))
	require.Len(t, w.arrive(), 2)
	w.write("UPDATE invitations SET confirmed_at = 1 WHERE id = ?", pat.invitation)
	calls, err := w.letters.CallList(t.Context(), carol, w.group)
	require.NoError(t, err)
	require.Empty(t, calls, "there is still a day to answer")

	w.at(session.AddDate(0, 0, -1))
	require.Equal(t, "quinn@panel.example", w.only().To)
	w.write("INSERT INTO calls (id, invitation_id, at, by_id, outcome, note) VALUES ('1', ?, 5000000, ?, 'not_reached', '')", quinn.invitation, w.carol)
	calls, err = w.letters.CallList(t.Context(), carol, w.group)
	require.NoError(t, err)
	called := time.Unix(5, 0).UTC()
	require.Equal(t, []scheduling.Call{{InvitationID: quinn.invitation, ParticipantID: quinn.participant, Name: "Quinn", Phone: "+48 12 345", Language: "en",
		Zone: "Europe/Warsaw", Calls: 1, LastCallAt: &called, LastOutcome: "not_reached"}}, calls)
	var audited int
	require.NoError(t, w.db.Read().NewRaw("SELECT count(*) FROM audit WHERE actor_id = ? AND kind = 'call-list'", w.carol).Scan(t.Context(), &audited))
	require.Equal(t, 1, audited, "phone numbers were read")

	_, err = w.letters.CallList(t.Context(), carol, uuid.New())
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = w.letters.CallList(t.Context(), account.User{ID: w.moe, Roles: account.Moderator}, w.group)
	require.ErrorIs(t, err, fault.ErrNotFound)
	w.at(session)
	calls, err = w.letters.CallList(t.Context(), carol, w.group)
	require.NoError(t, err)
	require.Empty(t, calls, "it has begun")
}

func TestWhoCameIsThankedTheNextWorkingDay(t *testing.T) {
	w := newLettered(t)
	w.moveTo(session.AddDate(0, 0, 1)) // a Friday
	came, late, away, not := w.invite("Came", "came@panel.example", "accepted"), w.invite("Late", "late@panel.example", "accepted"),
		w.invite("Away", "away@panel.example", "accepted"), w.invite("Not", "not@panel.example", "accepted")
	w.at(w.starts.Add(time.Hour))
	w.attended(came, 1, "took_part")
	w.attended(away, 1, "turned_away")
	w.attended(not, 1, "took_part")
	w.attended(not, 2, "no_show")
	require.Empty(t, w.passes(time.Date(2026, 11, 30, 10, 0, 0, 0, warsaw), time.Hour), "not at the weekend")
	w.at(time.Date(2026, 11, 30, 10, 0, 0, 0, warsaw))
	thanked := w.arrive()
	require.ElementsMatch(t, []string{"came@panel.example: Thank you for coming: How we answer the phone", "away@panel.example: Thank you for coming: How we answer the phone"}, subjects(thanked))
	w.attended(late, 1, "took_part") // uploaded on Monday
	require.Equal(t, []string{"Mon 10:15 Thank you for coming: How we answer the phone"}, w.passes(w.clock().Add(6*time.Hour), 15*time.Minute))
}

func TestCoordinatorsAreToldBeforeARoomCanNoLongerBeCancelled(t *testing.T) {
	w := newLettered(t)
	due := map[string]any{"focus_group": w.group, "room": w.room, "starts_at": session.UnixMicro()}
	w.at(time.Date(2026, 11, 22, 9, 0, 0, 0, warsaw)) // the last day to cancel is Monday the 23rd
	w.announce("room-cancellation-due", due)
	l := w.only()
	require.Equal(t, "carol@office.example", l.To)
	require.Equal(t, "The room can be cancelled until Monday 23 November 2026: How we answer the phone", l.Subject)
	require.Contains(t, l.Text, "SM-17")
	w.announce("room-cancellation-due", due)
	require.Empty(t, w.arrive(), "once for a room and a start")

	w.moveTo(session.AddDate(0, 0, 7))
	w.announce("room-cancellation-due", map[string]any{"focus_group": w.group, "room": w.room, "starts_at": session.AddDate(0, 0, 6).UnixMicro()})
	require.Empty(t, w.arrive(), "it was moved meanwhile")
}

func TestNothingIsAskedBetweenNineInTheEveningAndEightInTheMorning(t *testing.T) {
	zones := []*time.Location{warsaw, mustZone("America/New_York"), mustZone("Asia/Kolkata"), mustZone("Pacific/Apia"), mustZone("Africa/Cairo")}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "at"), 0)
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		after := scheduling.AfterQuiet(at, zone)
		require.False(t, after.Before(at))
		require.LessOrEqual(t, after.Sub(at), 12*time.Hour, "with an hour more when the clocks are put back")
		hour := after.In(zone).Hour()
		require.True(t, hour >= 8 && hour < 21, after.In(zone))
		if h := at.In(zone).Hour(); h >= 8 && h < 21 {
			require.True(t, after.Equal(at))
		}
	})
}
