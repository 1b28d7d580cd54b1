package scheduling

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

// The table of states as the trade has it, written a second time: from, action, to, and who may: the participant (p), the
// coordinator (c), the clock (k).
var invitationLives = []struct {
	from   InvitationState
	action InvitationAction
	to     InvitationState
	by     string
}{
	{"draft", "send", "sent", "c"},
	{"draft", "withdraw", "withdrawn", "c"},
	{"sent", "accept", "accepted", "pc"},
	{"sent", "decline", "declined", "pc"},
	{"sent", "wait", "waitlisted", "pc"},
	{"sent", "screen_out", "screened_out", "pc"},
	{"sent", "expire", "expired", "k"},
	{"sent", "withdraw", "withdrawn", "c"},
	{"declined", "accept", "accepted", "pc"},
	{"declined", "wait", "waitlisted", "pc"},
	{"waitlisted", "offer", "offered", "k"},
	{"waitlisted", "cancel", "cancelled", "pc"},
	{"waitlisted", "withdraw", "withdrawn", "c"},
	{"waitlisted", "expire", "expired", "k"},
	{"offered", "accept", "accepted", "pc"},
	{"offered", "decline", "declined", "pc"},
	{"offered", "expire", "expired", "k"},
	{"offered", "withdraw", "withdrawn", "c"},
	{"accepted", "cancel", "cancelled", "pc"},
	{"accepted", "withdraw", "withdrawn", "c"},
}

func TestEveryMoveOfAnInvitationThatTheTableHasIsPossibleAndNoOther(t *testing.T) {
	parties := map[Party]string{ByParticipant: "p", ByCoordinator: "c", ByClock: "k"}
	type move struct {
		from   InvitationState
		by     string
		action InvitationAction
	}
	legal := map[move]InvitationState{}
	for _, l := range invitationLives {
		for _, by := range l.by {
			legal[move{l.from, string(by), l.action}] = l.to
		}
	}
	moves := 0
	for _, from := range InvitationStates {
		for by, letter := range parties {
			for _, action := range InvitationActions {
				what := fmt.Sprintf("%s %s by %s", action, from, by)
				to, err := from.After(action, by)
				if expected, may := legal[move{from, letter, action}]; may {
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
					_, err := from.After(InvitationAction(possible), by)
					require.NoError(t, err, "%s: said to be possible: %s", what, possible)
				}
			}
		}
	}
	require.Equal(t, len(legal), moves)
}

func TestOnlyAcceptancesAndOpenOffersHoldASeat(t *testing.T) {
	for _, state := range InvitationStates {
		require.Equal(t, state == "accepted" || state == "offered", state.holdsSeat(), string(state))
	}
}
