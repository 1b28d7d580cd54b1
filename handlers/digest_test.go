package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

// december is when November's digest goes out: on the first at 07:00 in Warsaw.
var december = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)

func (w *world) digests(to *person) []body { w.Helper(); return w.kept(to, "monthly-digest") }

// chooses sets the person's own choice of the digest, and lets the clock order what is to be.
func (p *person) chooses(digest bool) {
	p.w.Helper()
	edition := int64(p.get("/me").is(200).object()["edition"].(float64))
	require.Equal(p.w, digest, p.patch("/me", edition, body{"monthly_digest": digest}).is(200).object()["monthly_digest"])
	p.w.clock.forward(time.Hour)
	_, err := p.w.runner.RunDue(context.Background())
	require.NoError(p.w, err)
}

func TestTheDigestIsAManagersOwnChoice(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, false, w.max.get("/me").is(200).object()["monthly_digest"], "off by default")
	w.max.patch("/me", 1, body{"monthly_digest": "yes"}).is(422)
	require.Equal(t, true, w.max.patch("/me", 1, body{"monthly_digest": true}).is(200).object()["monthly_digest"])
	require.Equal(t, true, w.max.get("/me").is(200).object()["monthly_digest"])
	w.max.signIn()
	require.Equal(t, true, w.max.get("/me").is(200).object()["monthly_digest"])
	require.Equal(t, []any{"monthly_digest"}, w.ada.get("/audit?subject=" + w.max.id.String()).is(200).items()[0]["fields"])
	require.Equal(t, "Max", w.max.patch("/me", 2, body{"name": "Max"}).is(200).object()["name"])
	require.Equal(t, true, w.max.get("/me").object()["monthly_digest"], "what is not said stays")

	for _, other := range []*person{w.sam, w.carol, w.moe, w.ada} {
		require.NotContains(t, other.get("/me").is(200).object(), "monthly_digest", other.name)
		faults := other.patch("/me", 1, body{"monthly_digest": true}).is(422).faults()
		require.Contains(t, faults["/monthly_digest"], "a manager", other.name)
		require.NotContains(t, other.patch("/me", 1, body{"monthly_digest": false}).is(200).object(), "monthly_digest", other.name)
	}
	w.ada.patch(w.max.path(), 2, body{"monthly_digest": false}).refuses(422, "is not known here: leave it out")
}

func TestWhoIsNoManagerAnyMoreHasNoDigest(t *testing.T) {
	w := newWorld(t)
	w.max.chooses(true)
	w.change(w.max, body{"roles": []string{"moderator"}})
	require.NotContains(t, w.max.get("/me").is(200).object(), "monthly_digest")
	w.clock.set(december)
	require.Empty(t, w.digests(w.max))
	w.change(w.max, body{"roles": []string{"manager"}})
	require.Equal(t, false, w.max.get("/me").is(200).object()["monthly_digest"], "it is chosen anew")
}

func TestTheDigestNamesTheBranchesWithANewReportFirst(t *testing.T) {
	w := newWorld(t)
	quiet, old := w.branch("KRK-01", "Kraków Main Square", w.max), w.branch("OLD-01", "A Closed One", w.max)
	w.manage(w.harbour, w.mona, w.max)
	w.carol.patch("/branches/"+old.ID.String(), 1, body{"archived": true}).is(200)
	checklist := w.publish(branchVisit())
	for range 2 {
		w.approve(w.handedIn(checklist, w.oldTown), 8)
	}
	reopened := w.handedIn(checklist, quiet)
	w.approve(reopened, 8)
	w.reopen(reopened)
	_ = w.handedIn(checklist, w.harbour) // not approved
	w.max.chooses(true)

	w.clock.set(december.Add(-time.Microsecond))
	require.Empty(t, w.digests(w.max))
	w.clock.set(december)
	mails := w.digests(w.max)
	require.Len(t, mails, 1)
	require.Equal(t, "Your branches in November", mails[0]["subject"])
	link := func(b branch) string { return "https://fieldcare.test/branches/" + b.ID.String() }
	require.Equal(t, `Hello Max,

These of your branches had a new report in November:

Warsaw Old Town
`+link(w.oldTown)+`

These had none:

Gdańsk Harbour
`+link(w.harbour)+`

Kraków Main Square
`+link(quiet)+`

Fieldcare

You get this mail on the first of each month because you chose it.
Switch it off in your settings
https://fieldcare.test/me
`, mails[0]["body"])
	require.Empty(t, w.digests(w.mona), "she did not choose it")

	w.clock.forward(24 * time.Hour)
	require.Len(t, w.digests(w.max), 1)
	w.clock.set(december.AddDate(0, 1, 0))
	mails = w.digests(w.max)
	require.Len(t, mails, 2)
	require.Equal(t, "Your branches in December", mails[1]["subject"])
	require.Contains(t, mails[1]["body"], "None of your branches had a new report in December:\n\nGdańsk Harbour\n")
	require.NotContains(t, mails[1]["body"], "These")
}

func TestAMonthIsThatOfTheManagersFirstBranch(t *testing.T) {
	w := newWorld(t)
	far := uuid.Must(uuid.NewV7()) // her second by code, where it still is November for ten hours
	w.carol.post("/branches", body{"id": far, "code": "HNL-01", "name": "Honolulu", "zone": "Pacific/Honolulu", "managers": []uuid.UUID{w.mona.id}}).is(201)
	checklist := w.publish(branchVisit())
	november, decembers, honolulu := w.handedIn(checklist, w.oldTown), w.handedIn(checklist, w.harbour), w.handedIn(checklist, branch{ID: far})
	w.manage(w.oldTown, w.max, w.mona)
	w.mona.chooses(true)
	midnight := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)
	w.clock.set(midnight.Add(-time.Microsecond))
	w.approve(november, 8)
	w.clock.set(midnight)
	w.approve(decembers, 8)
	w.approve(honolulu, 8)
	w.clock.set(december)
	require.Contains(t, w.digests(w.mona)[0]["body"], "in November:\n\nWarsaw Old Town\n")
	require.Contains(t, w.digests(w.mona)[0]["body"], "had none:\n\nGdańsk Harbour\n")
	w.clock.set(december.AddDate(0, 1, 0))
	told, none, _ := strings.Cut(w.digests(w.mona)[1]["body"].(string), "had none:")
	require.Contains(t, told, "in December:\n\nGdańsk Harbour\n")
	require.Contains(t, told, "\nHonolulu\n")
	require.Contains(t, none, "\nWarsaw Old Town\n")
}

func TestTheDigestComesOnceAMonthToWhoStillWantsIt(t *testing.T) {
	w := newWorld(t)
	w.max.chooses(true)
	w.mona.chooses(true)
	w.max.chooses(false)
	w.mona.chooses(false)
	w.mona.chooses(true)
	w.clock.set(december)
	another := w.postTo("127.0.0.1:1") // a node that runs at the same time
	require.Empty(t, w.digests(w.max))
	require.Len(t, w.digests(w.mona), 1)
	for range 3 {
		w.clock.forward(2 * time.Hour)
		_, err := another.RunDue(context.Background())
		require.NoError(t, err)
		require.Len(t, w.digests(w.mona), 1)
	}
	w.max.chooses(true)
	w.mona.chooses(false)
	w.clock.forward(24 * time.Hour)
	require.Empty(t, w.digests(w.max), "chosen on the first, it comes on the next first")
	w.clock.set(december.AddDate(0, 1, 0))
	require.Len(t, w.digests(w.max), 1)
	require.Len(t, w.digests(w.mona), 1)
}

func TestADigestThatIsMoreThanAWeekLateIsSkippedAndTheNextOneComes(t *testing.T) {
	for late, told := range map[time.Duration]int{7 * 24 * time.Hour: 1, 7*24*time.Hour + time.Second: 0} {
		w := newWorld(t)
		w.max.chooses(true)
		w.clock.set(december.Add(late)) // nothing ran since
		require.Len(t, w.digests(w.max), told, late)
		w.clock.set(december.AddDate(0, 1, 0))
		require.Len(t, w.digests(w.max), told+1, late)
	}
}

func TestWhoIsDisabledOrManagesNothingGetsNoDigest(t *testing.T) {
	w := newWorld(t)
	idle := w.person("Ida", account.Manager)
	for _, p := range []*person{w.max, w.mona, idle} {
		p.chooses(true)
	}
	w.change(w.max, body{"disabled": true})
	w.manage(w.harbour)
	w.clock.set(december)
	for _, p := range []*person{w.max, w.mona, idle} {
		require.Empty(t, w.digests(p), p.name)
	}
	w.manage(w.harbour, idle)
	w.clock.forward(2 * time.Hour)
	require.Empty(t, w.digests(idle))
	w.clock.set(december.AddDate(0, 1, 0))
	require.Len(t, w.digests(idle), 1)
}

func TestABranchThatMovesToAnotherZoneBringsNoSecondDigest(t *testing.T) {
	w := newWorld(t)
	w.max.chooses(true)
	w.clock.set(december)
	require.Len(t, w.digests(w.max), 1)
	w.carol.patch("/branches/"+w.oldTown.ID.String(), 1, body{"zone": "America/New_York"}).is(200)
	for range 3 {
		w.clock.forward(3 * time.Hour)
		require.Len(t, w.digests(w.max), 1)
	}
}
