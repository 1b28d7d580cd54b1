package handlers_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestSixtyFourAcceptancesAtOnceTakeNoMoreThanSeatsAndReserve(t *testing.T) {
	w := newWorld(t)
	g := w.gathering(8, 2, 64)
	for round := range 20 {
		g.id = g.session(g.begins.AddDate(0, 0, round), 8, 2)
		ids := g.asked(g.people...)
		w.everybody(ids, func(id uuid.UUID) { g.says(id, yes).is(303) })
		count := map[string]int{}
		for _, i := range g.carol.get(g.path("/invitations?limit=200")).is(200).items() {
			count[i["state"].(string)]++
		}
		require.Equal(t, map[string]int{"accepted": 10, "waitlisted": 54}, count, "round %d", round)
		require.Equal(t, 10, g.taken())
	}
}

func TestSeatsThatFallFreeWhileOthersAnswerAreNeverOversoldAndNobodyIsSkipped(t *testing.T) {
	w := newWorld(t)
	g := w.gathering(4, 0, 32)
	ids := g.asked(g.people...)
	w.everybody(ids, func(id uuid.UUID) { g.says(id, yes).is(303) })
	w.everybody(ids, func(id uuid.UUID) {
		if i := slices.Index(ids, id); i%2 == 0 {
			g.says(id, cannot)
		}
	})
	waiting := false
	held := 0
	list := g.carol.get(g.path("/invitations?limit=200")).is(200).items()
	slices.SortFunc(list, func(a, b body) int {
		return since(a).Compare(since(b))
	})
	for _, i := range list {
		switch i["state"] {
		case "accepted", "offered":
			held++
			if i["state"] == "offered" {
				require.False(t, waiting, "somebody who waits longer was passed over")
			}
		case "waitlisted":
			waiting = true
		}
	}
	require.Equal(t, 4, held)
	require.Equal(t, 4, g.taken())
}

// since is when somebody began to wait; the zero time of who never did.
func since(invitation body) (at time.Time) {
	if text, waits := invitation["waitlisted_at"].(string); waits {
		at, _ = time.Parse(time.RFC3339, text)
	}
	return at
}

// everybody does something at once, each in a connection of their own.
func (w *world) everybody(ids []uuid.UUID, do func(uuid.UUID)) {
	w.Helper()
	var all sync.WaitGroup
	begin := make(chan struct{})
	for _, id := range ids {
		all.Go(func() {
			<-begin
			do(id)
		})
	}
	close(begin)
	all.Wait()
}
