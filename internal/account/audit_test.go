package account_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
)

func (w *world) audit(e account.AuditEntry) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return account.Audit(ctx, tx, w.clock.Now(), e) }))
}

func TestTheTrailIsReadNewestFirstPageByPage(t *testing.T) {
	w := newWorld(t)
	branch := uuid.NewString()
	var want []account.AuditEntry
	for i := range 7 {
		e := account.AuditEntry{Actor: w.carol.ID, Action: "change", Kind: "branch", Subject: branch, Fields: []string{"name", "zone"}}
		if i == 3 {
			e = account.AuditEntry{Action: "archive", Kind: "branch", Subject: branch, Fields: []string{}}
		}
		if i%2 == 0 { // two each at the same time
			w.clock.Pass(time.Second)
		}
		w.audit(e)
		want = append([]account.AuditEntry{e}, want...)
	}
	var got []account.AuditEntry
	var last time.Time
	for cursor := ""; ; {
		page, err := w.AuditList(ctx, w.ada, account.AuditFilter{Subject: branch, Limit: 2, Cursor: cursor})
		require.NoError(t, err)
		for _, r := range page.Items {
			got = append(got, r.AuditEntry)
			require.True(t, last.IsZero() || !r.At.After(last))
			last = r.At.Time
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, want, got)
}

func TestTheTrailIsNarrowedByWhoAndWhat(t *testing.T) {
	w := newWorld(t)
	visit := uuid.NewString()
	w.audit(account.AuditEntry{Actor: w.carol.ID, Action: "offer", Kind: "visit", Subject: visit})
	w.audit(account.AuditEntry{Actor: w.sam.ID, Action: "accept", Kind: "visit", Subject: visit})
	w.audit(account.AuditEntry{Action: "expire", Kind: "visit", Subject: visit})
	for _, c := range []struct {
		filter account.AuditFilter
		n      int
	}{
		{account.AuditFilter{Kind: "visit"}, 3},
		{account.AuditFilter{Kind: "visit", Actor: w.sam.ID}, 1},
		{account.AuditFilter{Subject: visit, Kind: "user"}, 0},
		{account.AuditFilter{Kind: "user"}, 4},
	} {
		c.filter.Limit = 10
		page, err := w.AuditList(ctx, w.ada, c.filter)
		require.NoError(t, err)
		require.Len(t, page.Items, c.n, "%+v", c.filter)
	}
	_, err := w.AuditList(ctx, w.ada, account.AuditFilter{Limit: 1, Cursor: "eyJ4Ijp9"})
	requireFaults(t, err, "cursor")
}

func TestOnlyAdminsReadTheTrail(t *testing.T) {
	w := newWorld(t)
	for _, viewer := range []account.User{w.carol, w.sam, w.max, {}} {
		page, err := w.AuditList(ctx, viewer, account.AuditFilter{Limit: 10})
		require.NoError(t, err)
		require.Empty(t, page.Items)
	}
}

func TestAnEntryGoesWithTheTransactionThatItTellsOf(t *testing.T) {
	w := newWorld(t)
	failed := errors.New("failed")
	require.ErrorIs(t, w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		require.NoError(t, account.Audit(ctx, tx, w.clock.Now(), account.AuditEntry{Action: "add", Kind: "visit", Subject: "x"}))
		return failed
	}), failed)
	require.Zero(t, w.count("SELECT count(*) FROM audit WHERE kind = 'visit'"))
}

func TestTheTrailHoldsNoValues(t *testing.T) {
	w := newWorld(t)
	_, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Name: ptr("Samuel"), Email: ptr("samuel@example.org")})
	require.NoError(t, err)
	w.signIn(w.max)
	var rows []struct{ Action, Kind, Subject, Fields string }
	require.NoError(t, w.DB.Read().NewRaw("SELECT action, kind, subject, fields FROM audit").Scan(ctx, &rows))
	require.NotEmpty(t, rows)
	for _, r := range rows {
		require.NotRegexp(t, `(?i)sam|max|example`, r.Action+r.Kind+r.Subject+r.Fields)
	}
}
