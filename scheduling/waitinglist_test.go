package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
)

// arrivals is a group whose invitations are answered in a random order, with a hard quota of two who come by tram.
type arrivals struct {
	store       *Invitations
	now         time.Time
	group       uuid.UUID
	moderator   uuid.UUID
	most        int
	invitations []uuid.UUID
	tram        map[uuid.UUID]bool
}

func newArrivals(t *rapid.T, db *database.DB) *arrivals {
	seats, reserve, people := rapid.IntRange(1, 4).Draw(t, "seats"), rapid.IntRange(0, 2).Draw(t, "reserve"), rapid.IntRange(1, 10).Draw(t, "people")
	a := &arrivals{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), group: uuid.New(), most: seats + reserve, tram: map[uuid.UUID]bool{}}
	a.store = &Invitations{DB: db, Clock: func() time.Time { return a.now }}
	begins := a.now.AddDate(0, 0, 14)
	travel, study, venue, room, moderator := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	a.moderator = moderator
	quotas, err := json.Marshal([]Quota{{AttributeID: travel, Value: "tram", Target: 2, Hard: true}})
	require.NoError(t, err)
	require.NoError(t, db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		lay := func(statement string, values ...any) {
			if err == nil {
				_, err = tx.ExecContext(ctx, statement, values...)
			}
		}
		lay(`INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition) VALUES (?, ?, 'Moe', 'moe', 'en', 4, '', 1, 1)`, moderator, moderator.String())
		lay(`INSERT INTO venues (id, name, folded, address, zone, directions, created_at, edition) VALUES (?, 'V', 'v', '', 'UTC', '', 1, 1)`, venue)
		lay(`INSERT INTO rooms (id, venue_id, name, capacity, features, price, price_per, currency, lead_days, cancel_days, setup_minutes, hired, created_at, edition)
			VALUES (?, ?, 'R', 12, '[]', 0, 'hour', 'EUR', 0, 0, 0, FALSE, 1, 1)`, room, venue)
		lay(`INSERT INTO studies (id, title, folded, purpose, branches, language, screening, quotas, exclusions, guide, rates, incentive, budget, currency, created_at, edition)
			VALUES (?, 'S', 's', '', '[]', 'en', '[]', ?, '[]', '[]', '{}', 0, 0, 'EUR', 1, 1)`, study, string(quotas))
		lay(`INSERT INTO focus_groups (id, study_id, topic, state, language, room_id, room_reference, moderator_id, assistants, zone, starts, ends, starts_at, ends_at, seats, minimum, reserve, notice_minutes, taken, reason, created_at, edition)
			VALUES (?, ?, 'T', 'scheduled', 'en', ?, '', ?, '[]', 'UTC', '', '', ?, ?, ?, 1, ?, 60, 0, '', 1, 1)`,
			a.group, study, room, moderator, database.At(begins), database.At(begins.Add(2*time.Hour)), seats, reserve)
		for range people {
			participant, invitation := uuid.New(), uuid.New()
			attributes := "{}"
			if a.tram[invitation] = rapid.Bool().Draw(t, "tram"); a.tram[invitation] {
				attributes = fmt.Sprintf(`{"%s":"tram"}`, travel)
			}
			lay(`INSERT INTO participants (id, name, folded, email, email_folded, phone, phone_digits, language, zone, household, employer, notes, tags, attributes, do_not_contact, generation, created_at, edition)
				VALUES (?, 'P', 'p', '', '', '', '', 'en', 'UTC', '', '', '', '[]', ?, FALSE, 1, 1, 1)`, participant, attributes)
			lay(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, calendar_uid, calendar_sent, sequence, created_at, edition)
				VALUES (?, ?, ?, 'sent', 0, '', '{}', '', FALSE, 0, 1, 1)`, invitation, a.group, participant)
			a.invitations = append(a.invitations, invitation)
		}
		return err
	}))
	return a
}

// stands requires that no seat is sold twice, that the count is true, and that nobody who fits waits for a free seat.
func (a *arrivals) stands(t *rapid.T) {
	list, err := a.store.WaitingList(context.Background(), a.group)
	require.NoError(t, err)
	page, err := a.store.List(context.Background(), a.group, InvitationFilter{Limit: 100})
	require.NoError(t, err)
	seated, byTram := 0, 0
	for _, i := range page.Items {
		if i.State.holdsSeat() {
			seated++
			if a.tram[i.ID] {
				byTram++
			}
		}
	}
	require.Equal(t, seated, list.Taken)
	require.LessOrEqual(t, seated, a.most)
	require.LessOrEqual(t, byTram, 2)
	for _, w := range list.Waiting {
		if w.State == Waitlisted && seated < a.most {
			require.True(t, a.tram[w.InvitationID] && byTram == 2, "a seat is free, and somebody who fits waits: %q", w.NotNow)
			require.Contains(t, w.NotNow, "the quota “tram” is full")
		}
	}
}

func TestWhateverArrivesNoSeatIsOversoldAndNobodyWhoFitsIsSkipped(t *testing.T) {
	db := databasetest.Open(t)
	rapid.Check(t, func(t *rapid.T) {
		a := newArrivals(t, db)
		ctx, by := context.Background(), account.User{ID: uuid.Nil}
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			id := rapid.SampledFrom(a.invitations).Draw(t, "who")
			what := rapid.SampledFrom([]string{AnswerAccept, AnswerAccept, AnswerAccept, AnswerDecline, AnswerCancel, "withdraw", "time", "seats"}).Draw(t, "what")
			var err error
			before, waits := a.firstWho(t)
			switch what {
			case "time":
				a.now = a.now.Add(7 * time.Hour)
				_, err = a.store.ExpireDue(ctx)
			case "seats":
				a.reseats(ctx, t, rapid.Int64Range(1, 5).Draw(t, "seats"), rapid.Int64Range(0, 3).Draw(t, "reserve"))
			default:
				err = a.does(ctx, by, id, what)
			}
			var conflict *fault.Conflict
			if err != nil {
				require.ErrorAs(t, err, &conflict)
			}
			a.stands(t)
			a.inOrder(t, before, waits)
		}
	})
}

// reseats changes how many seats there are: to fewer than are taken it is refused.
func (a *arrivals) reseats(ctx context.Context, t *rapid.T, seats, reserve int64) {
	groups := &FocusGroups{DB: a.store.DB, Clock: a.store.Clock}
	by := account.User{ID: a.moderator, Roles: account.Coordinator}
	before, err := groups.Get(ctx, by, a.group)
	require.NoError(t, err)
	after, err := groups.Change(ctx, by, a.group, before.Edition, FocusGroupChange{Seats: &seats, Reserve: &reserve})
	if seats+reserve < before.Taken {
		require.ErrorContains(t, err, "nobody's seat is taken back by itself")
		return
	}
	require.NoError(t, err)
	require.GreaterOrEqual(t, after.Taken, before.Taken)
	a.most = int(seats + reserve)
}

// does answers as the participant does, or withdraws without a user to name.
func (a *arrivals) does(ctx context.Context, by account.User, id uuid.UUID, what string) error {
	if what != "withdraw" {
		return a.store.answer(ctx, id, ByParticipant, nil, func(*invitationRow) error { return nil }, Answer{Answer: what, Consents: []string{"attend"}})
	}
	return a.store.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		at, err := a.store.seating(ctx, tx, a.group, ByCoordinator, nil)
		if err != nil {
			return err
		}
		if err := at.withdraw(ctx, r, "because"); err != nil {
			return err
		}
		return at.refill(ctx)
	})
}

// firstWho gives those who wait, in order.
func (a *arrivals) firstWho(t *rapid.T) (waiting []uuid.UUID, tram map[uuid.UUID]bool) {
	rows, err := waitingIn(context.Background(), a.store.DB.Read(), a.group)
	require.NoError(t, err)
	for _, r := range rows {
		waiting = append(waiting, r.ID)
	}
	return waiting, a.tram
}

// inOrder requires that of those of one kind who waited, nobody was offered a seat before who stood before them.
func (a *arrivals) inOrder(t *rapid.T, before []uuid.UUID, tram map[uuid.UUID]bool) {
	passed := map[bool]bool{}
	for _, id := range before {
		i, err := a.store.Get(context.Background(), id)
		require.NoError(t, err)
		switch i.State {
		case Waitlisted:
			passed[tram[id]] = true
		case Offered:
			require.False(t, passed[tram[id]], "somebody of the same kind waits longer")
		}
	}
}
