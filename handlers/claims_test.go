package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatAPhoneClaimsIsShownInUTC(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(4 * time.Hour))
	answers := goodAnswers()
	shelf := w.sam.uploads(photo(1))
	answers["shelf"] = body{"photos": []string{shelf}}
	s := submission(v, answers, body{"begun": "2026-11-23T12:00:00+01:00",
		"moments": []body{{"id": "in", "at": "2026-11-23T12:00:30+01:00"}, {"id": "served", "at": "2026-11-24T12:00:00+24:00"}},
		"photos":  []body{{"sha256": shelf, "taken_at": "2026-11-23T06:05:00-05:00"}}})
	w.sam.post("/evaluations", s).is(201)
	read := w.carol.get("/evaluations/" + s["id"].(string)).is(200).object()
	require.Equal(t, "2026-11-23T11:00:00Z", read["begun"])
	moments := read["moments"].([]any)
	require.Equal(t, "2026-11-23T11:00:30Z", moments[0].(map[string]any)["at"])
	require.Equal(t, "2026-11-23T12:00:00Z", moments[1].(map[string]any)["at"])
	require.Equal(t, "2026-11-23T11:05:00Z", read["photos"].([]any)[0].(map[string]any)["claim"].(map[string]any)["taken_at"])
}

func TestAClaimThatIsNoTimeOrPlaceIsRefused(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	for _, wrong := range []string{"", "now", "2026-11-23", "2026-11-23 11:05:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z"} {
		faults := w.sam.post("/evaluations", submission(v, goodAnswers(), body{"begun": wrong, "finished": wrong,
			"moments": []body{{"id": "in", "at": wrong}}, "photos": []body{{"sha256": "", "taken_at": wrong}}})).is(422).faults()
		for _, pointer := range []string{"/begun", "/finished", "/moments/0/at", "/photos/0/taken_at"} {
			require.Contains(t, faults[pointer], "must be an instant such as 2026-11-21T09:30:00Z", "%s: %q", pointer, wrong)
		}
	}
	for _, wrong := range []body{{"lat": 90.1, "lon": 0}, {"lat": 0, "lon": -1e300}, {"lat": 0, "lon": 0, "accuracy": -1}} {
		faults := w.sam.post("/evaluations", submission(v, goodAnswers(), body{"photos": []body{{"sha256": "", "position": wrong}}})).is(422).faults()
		require.Contains(t, faults["/photos/0/position"], "must be a latitude from -90 to 90")
	}
	w.sam.post("/evaluations", submission(v, goodAnswers(), body{"photos": []body{{"sha256": "", "taken_at": nil, "position": nil}}})).is(201)
}
