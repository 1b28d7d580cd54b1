package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// A budget lets so many attempts through at once, and one more each time that "every" has passed. What is left of one
// is kept as a single instant: when it will be whole again. Decision 0003 says why there are these.
type budget struct {
	attempts int64
	every    time.Duration
}

var (
	pairBudget     = budget{10, 2 * time.Minute}  // of an account and an address together
	addressBudget  = budget{60, 10 * time.Second} // of an address, for accounts that never signed in from there
	strangerBudget = budget{30, 2 * time.Minute}  // of an account, for addresses from which it never signed in

	resetAddressBudget = budget{20, time.Minute}
	resetAccountBudget = budget{3, 20 * time.Minute}
)

// addressKept is how long an address stays known after the last time that the user signed in from there.
const addressKept = 180 * 24 * time.Hour

// wait is how long the next attempt has to wait; 0 or less is not at all.
func (b budget) wait(whole, now time.Time) time.Duration { return whole.Sub(b.limit(now)) }

// limit is the latest instant of being whole again at which one more attempt is let through.
func (b budget) limit(now time.Time) time.Time {
	return now.Add(time.Duration(b.attempts-1) * b.every)
}

// TooMany says that so many attempts failed that the next has to wait. Nothing was looked at.
type TooMany struct{ After time.Duration }

func (e *TooMany) Error() string {
	return fmt.Sprintf("too many attempts: try again in %v, or ask for a link to set a new password", e.After.Round(time.Second))
}

// draft is a budget that an attempt draws on, by its key.
type draft struct {
	key string
	budget
}

// attempt is one try to sign in.
type attempt struct {
	pair   string // the keyed hash of account and address
	drafts []draft
}

// keyed hashes who tries and from where, so that the database holds neither addresses nor e-mails that do not exist.
func (a *Accounts) keyed(kind string, values ...string) string {
	mac := hmac.New(sha256.New, a.Keys.For("attempts"))
	mac.Write([]byte(kind))
	for _, value := range values {
		fmt.Fprintf(mac, "\x00%d\x00%s", len(value), value)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// place is what counts as one address: an IPv4 address, or the /64 of an IPv6 address, which is one line's.
func place(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	network, _ := ip.Prefix(64)
	return network.String()
}

// attempt says on which budgets a try draws. From an address that the account has signed in from, it is only their own:
// what strangers do to the account, or others at the address, does not keep it out.
func (a *Accounts) attempt(ctx context.Context, email, address string) (attempt, error) {
	address = place(address)
	try := attempt{pair: a.keyed("pair", email, address)}
	try.drafts = []draft{{try.pair, pairBudget}}
	var one int
	err := selectKnown.Row(ctx, a.DB.Read(), try.pair).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		try.drafts = append(try.drafts,
			draft{a.keyed("address", address), addressBudget},
			draft{a.keyed("account", email), strangerBudget})
		return try, nil
	}
	return try, err
}

var selectKnown = database.Prepared("SELECT 1 FROM known_addresses WHERE pair = ?")

// mayTry refuses what is over a budget without writing anything, so that a flood costs little.
func (a *Accounts) mayTry(ctx context.Context, try attempt) error {
	return mayDraw(ctx, a.DB.Read(), a.Clock(), try.drafts...)
}

func mayDraw(ctx context.Context, from bun.IDB, now time.Time, drafts ...draft) error {
	var longest time.Duration
	for _, d := range drafts {
		var whole database.Time
		err := selectBudget.Row(ctx, from, d.key).Scan(&whole)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		longest = max(longest, d.wait(whole.Time, now))
	}
	if longest > 0 {
		return &TooMany{After: longest}
	}
	return nil
}

var selectBudget = database.Prepared("SELECT whole_at FROM budgets WHERE key = ?")

// count draws on every budget of the try, or on none.
func (a *Accounts) count(ctx context.Context, try attempt) error {
	now := a.Clock()
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return draw(ctx, tx, now, try.drafts...) })
}

// draw is *TooMany when one of the budgets is used up; what it drew goes with the transaction.
func draw(ctx context.Context, tx bun.Tx, now time.Time, drafts ...draft) error {
	for _, d := range drafts {
		at, every := database.At(now), d.every.Microseconds()
		n, err := drawBudget.Exec(ctx, tx, d.key, at.UnixMicro()+every, at, at, every, database.At(d.limit(now)))
		if err != nil {
			return err
		}
		if n == 0 {
			return mayDraw(ctx, tx, now, d)
		}
	}
	return nil
}

var drawBudget = database.Prepared(`INSERT INTO budgets AS b (key, whole_at) VALUES (?, ?)
	ON CONFLICT (key) DO UPDATE SET whole_at = CASE WHEN b.whole_at > ? THEN b.whole_at ELSE ? END + ? WHERE b.whole_at <= ?`)

// giveBack undoes what a try drew that then succeeded: signing in costs nothing, and the pair begins anew.
func giveBack(ctx context.Context, tx bun.Tx, try attempt) error {
	for _, d := range try.drafts {
		var err error
		if d.key == try.pair {
			_, err = deleteBudget.Exec(ctx, tx, d.key)
		} else {
			_, err = refundBudget.Exec(ctx, tx, d.every.Microseconds(), d.key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	deleteBudget = database.Prepared("DELETE FROM budgets WHERE key = ?")
	refundBudget = database.Prepared("UPDATE budgets SET whole_at = whole_at - ? WHERE key = ?")
)

// know notes that the user proved to be who they are from this address.
func know(ctx context.Context, tx bun.Tx, now time.Time, user uuid.UUID, pair string) error {
	_, err := insertKnown.Exec(ctx, tx, pair, user, database.At(now))
	return err
}

var insertKnown = database.Prepared(`INSERT INTO known_addresses (pair, user_id, seen_at) VALUES (?, ?, ?)
	ON CONFLICT (pair) DO UPDATE SET user_id = excluded.user_id, seen_at = excluded.seen_at`)
