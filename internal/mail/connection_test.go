package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/mail"
)

// become are the messages of each state.
func (w *world) become() map[mail.State]int {
	w.Helper()
	page, err := w.post.List(w.Context(), 100, "")
	require.NoError(w, err)
	became := map[mail.State]int{}
	for _, m := range page.Items {
		became[m.State]++
	}
	return became
}

func (b *mailbox) dials() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dialled
}

func TestWhatIsDueAtOnceGoesThroughOneConnection(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, strings.Replace(box.URL, "smtp://", "smtp://care:p%40ss%2Fword@", 1))
	for i := range 20 {
		w.offer(fmt.Sprint("Branch ", i))
	}
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 20)
	require.Equal(t, 1, box.dials())
	require.Equal(t, []string{"care"}, box.signedIn)
}

func TestAnAddressThatIsRefusedIsItsOwnMailsTrouble(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	asked := 0
	box.rcpt = func(string) error {
		if asked++; asked%3 == 2 {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such person here"}
		}
		return nil
	}
	for range 9 {
		w.offer("Old Town")
	}
	require.ErrorContains(t, w.runDue(), "No such person here")
	require.Equal(t, map[mail.State]int{mail.Delivered: 6, mail.Failed: 3}, w.become())
	require.Len(t, box.all(), 6)
	require.Equal(t, 1, box.dials(), "who was refused says nothing of the server")
}

func TestAServerThatDropsAfterEachMailIsDialledAnew(t *testing.T) {
	box := newMailbox(t)
	box.drops = "after"
	w := newWorld(t, box.URL)
	for range 10 {
		w.offer("Old Town")
	}
	require.NoError(t, w.runDue())
	require.Equal(t, map[mail.State]int{mail.Delivered: 10}, w.become())
	require.Len(t, box.all(), 10, "each arrives, and once")
	require.Equal(t, 10, box.dials())
}

func TestAMailWithinWhichTheServerDropsIsNotSentAndComesAgain(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.offer("Old Town")
	require.NoError(t, w.runDue())
	box.drops = "within"
	w.offer("Harbour")
	require.Error(t, w.runDue())
	require.Equal(t, map[mail.State]int{mail.Delivered: 1, mail.Queued: 1}, w.become())
	require.Len(t, box.all(), 1)
	box.drops = ""
	w.clock.Advance(time.Hour)
	require.NoError(t, w.runDue())
	require.Equal(t, map[mail.State]int{mail.Delivered: 2}, w.become())
	require.Len(t, box.all(), 2)
}
