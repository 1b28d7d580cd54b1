package evaluation

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

// The table of states as the trade has it, written a second time: from, by whom, action, to.
var lives = []struct {
	from   State
	by     Party
	action Action
	to     State
}{
	{Planned, byCoordinator, Offer, Offered},
	{Offered, byShopper, Accept, Accepted},
	{Offered, byShopper, Decline, Declined},
	{Accepted, byShopper, Release, Planned},
	{Accepted, byCoordinator, Release, Planned},
	{Declined, byCoordinator, Offer, Offered},
	{Expired, byCoordinator, Offer, Offered},
	{Planned, byCoordinator, Cancel, Cancelled},
	{Offered, byCoordinator, Cancel, Cancelled},
	{Accepted, byCoordinator, Cancel, Cancelled},
	{Declined, byCoordinator, Cancel, Cancelled},
	{Planned, byClock, Expire, Expired},
	{Offered, byClock, Expire, Expired},
	{Accepted, byClock, Expire, Expired},
	{Accepted, byShopper, Submit, Submitted},
	{Returned, byShopper, Submit, Submitted},
	{Expired, byShopper, Submit, Submitted},
	{Cancelled, byShopper, Submit, Submitted},
	{Submitted, byCoordinator, Approve, Approved},
	{Submitted, byCoordinator, Return, Returned},
	{Submitted, byCoordinator, Reject, Rejected},
	{Approved, byCoordinator, Reopen, Submitted},
}

func TestEveryMoveThatTheTableHasIsPossibleAndNoOther(t *testing.T) {
	type move struct {
		from   State
		by     Party
		action Action
	}
	legal := map[move]State{}
	for _, l := range lives {
		legal[move{l.from, l.by, l.action}] = l.to
	}
	moves := 0
	for _, from := range States {
		for _, by := range []Party{byShopper, byCoordinator, byClock} {
			for _, action := range []Action{Offer, Accept, Decline, Release, Cancel, Expire, Submit, Approve, Return, Reject, Reopen} {
				what := fmt.Sprintf("%s %s by %s", action, from, by)
				to, err := from.After(action, by)
				if expected, may := legal[move{from, by, action}]; may {
					require.NoError(t, err, what)
					require.Equal(t, expected, to, what)
					moves++
					continue
				}
				var conflict *fault.Conflict
				require.True(t, errors.As(err, &conflict), what)
				require.Equal(t, "illegal-move", conflict.Type, what)
				require.Equal(t, from, to, what)
				for _, possible := range conflict.Possible {
					_, err := from.After(Action(possible), by)
					require.NoError(t, err, "%s: said to be possible: %s", what, possible)
				}
			}
		}
	}
	require.Equal(t, len(lives), moves)
}

func TestRejectedIsFinal(t *testing.T) {
	for _, by := range []Party{byShopper, byCoordinator, byClock} {
		_, err := Rejected.After(Approve, by)
		require.ErrorContains(t, err, "can do nothing more with it")
	}
}
