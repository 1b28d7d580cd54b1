package account

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"fieldcare/internal/database"
)

// AccessKey gives the key that signs access tokens, so that tests can forge them.
func AccessKey(k Keys) []byte { return k.access[0].key }

// ledger is a session's tokens as the database keeps them.
type ledger struct {
	family
	handedOut int
}

func (l *ledger) handOut(generation int64) refreshToken {
	l.handedOut++
	return refreshToken{hash: uuid.NewString(), generation: generation, expires: database.At(time.Unix(1e6, 0))}
}

// present does what Refresh does, without a database.
func (l *ledger) present(t refreshToken) (refreshToken, bool) {
	switch l.judge(t, time.Unix(0, 0)) {
	case first:
		l.generation, l.spent = t.generation, t.hash
	case again:
	case stolen:
		l.ended = true
		return refreshToken{}, false
	default:
		return refreshToken{}, false
	}
	return l.handOut(t.generation + 1), true
}

func TestWhoeverLosesAnswersStaysSignedIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		mine := l.handOut(1)
		for _, arrives := range rapid.SliceOf(rapid.Bool()).Draw(t, "arrives") {
			next, ok := l.present(mine)
			if !ok {
				t.Fatal("signed out")
			}
			if arrives {
				mine = next
			}
		}
	})
}

// A thief copies the token that its holder has. Whatever answers are lost from then on: one of the two may get further,
// but as soon as the other tries too, the session is over for both. Never do both get two answers.
func TestAThiefIsFoundOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l ledger
		token := l.handOut(1)
		for range rapid.IntRange(0, 5).Draw(t, "before") {
			token, _ = l.present(token)
		}
		holders := []refreshToken{token, token}
		advanced := []int{0, 0}
		for range 40 {
			who := rapid.IntRange(0, 1).Draw(t, "who")
			next, ok := l.present(holders[who])
			if !ok {
				if !l.ended {
					t.Fatal("refused without an end")
				}
				return
			}
			if rapid.Bool().Draw(t, "arrives") {
				holders[who] = next
				advanced[who]++
			}
			if advanced[0] > 1 && advanced[1] > 1 {
				t.Fatal("both go on")
			}
		}
	})
}

func TestABudgetNeverLetsMoreThroughThanItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := budget{rapid.Int64Range(1, 20).Draw(t, "attempts"), time.Duration(rapid.Int64Range(1, 600).Draw(t, "every")) * time.Second}
		now := time.Unix(1e9, 0)
		began, whole, through := now, time.Time{}, int64(0)
		for range rapid.IntRange(1, 100).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 300).Draw(t, "pause")) * time.Second)
			wait := b.wait(whole, now)
			if wait <= 0 {
				if now.After(whole) {
					whole = now
				}
				whole = whole.Add(b.every)
				through++
			} else if b.wait(whole, now.Add(wait)) > 0 || b.wait(whole, now.Add(wait-1)) <= 0 {
				t.Fatal("the wait that is told is not the wait")
			}
			if most := b.attempts + int64(now.Sub(began)/b.every); through > most {
				t.Fatalf("%d let through, at most %d", through, most)
			}
		}
	})
}
