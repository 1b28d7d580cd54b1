package handlers_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jung-kurt/gofpdf"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/pdf"
)

func TestNothingThatAManagerCanReachTellsWhoTheShopperWas(t *testing.T) {
	g := newGuarded(t)
	hunters := map[*person]*hunter{g.max: g.hunter(g.max, g.oldTown, g.atMaxs.evaluation), g.mona: g.hunter(g.mona, g.harbour, g.atMonas.evaluation)}
	g.clock.set(g.firstDay.AddDate(0, 0, 3))
	for manager := range hunters {
		manager.chooses(true)
	}
	g.clock.set(g.reading)
	targets := append([]target{g.atMaxs, g.atMonas, nowhere}, g.waiting...)
	for manager, h := range hunters {
		var templates []any
		for _, m := range g.mailed(manager) {
			templates = append(templates, m["template"])
			require.Empty(t, h.hunt("mail", m["subject"].(string)+"\n"+m["body"].(string)), "%s", m["body"])
		}
		require.Equal(t, []any{"new-report", "monthly-digest"}, templates)
		for _, s := range manager.walk(targets...) {
			require.Empty(t, h.traces(t, s), "%s\n%s", s.what, s.header)
		}
	}
	var seen struct{ Answers []json.RawMessage }
	g.max.get(evaluationPath(g.atMaxs.evaluation.String(), "")).is(200).into(&seen)
	require.Len(t, seen.Answers, 9, "there was something to look at")
	g.max.get(evaluationPath(g.atMaxs.evaluation.String(), "/photos/1")).is(200)
	g.mona.get(evaluationPath(g.atMaxs.evaluation.String(), "/photos/1")).is(404)
}

// changed is an answer with another body.
func (s served) changed(body []byte) served { return served{s.what, s.header.Clone(), body} }

// with is an answer with one more header.
func (s served) with(name, value string) served {
	s.header = s.header.Clone()
	s.header.Set(name, value)
	return s
}

func TestTheHuntFindsEveryLeakThatIsPlanted(t *testing.T) {
	g := newGuarded(t)
	h := g.hunter(g.max, g.oldTown, g.atMaxs.evaluation)
	g.clock.set(g.reading)
	path := evaluationPath(g.atMaxs.evaluation.String(), "")
	one, list, photo := servedBy(g.max.get(path).is(200)), servedBy(g.max.get("/evaluations").is(200)), servedBy(g.max.get(path+"/photos/1").is(200))
	document := servedBy(g.max.get("/branches/" + g.oldTown.ID.String() + "/report.pdf?from=2027-05-01&to=2027-05-31").is(200))
	visitDocument := servedBy(g.max.get(path + "/report.pdf").is(200))
	for _, clean := range []served{one, list, photo, document, visitDocument} {
		require.Empty(t, h.traces(t, clean), clean.what)
	}

	field := func(s served, key string, value any) served {
		var object map[string]any
		require.NoError(t, json.Unmarshal(s.body, &object))
		object[key] = value
		return s.changed([]byte(jsonText(object)))
	}
	cursor := func(values ...any) served {
		return field(list, "next_cursor", base64.RawURLEncoding.EncodeToString([]byte(jsonText(values))))
	}
	micros := columns[int64](g.world, "SELECT received_at FROM evaluations WHERE id = '"+g.atMaxs.evaluation.String()+"'")[0]
	received, begun := time.UnixMicro(micros), time.UnixMicro(columns[int64](g.world, "SELECT begun_at FROM evaluations WHERE id = '"+g.atMaxs.evaluation.String()+"'")[0])
	report, err := g.server.Reports.BranchReport(t.Context(), account.User{ID: g.max.id, Roles: account.Manager}, g.oldTown.ID, evaluation.Period{From: "2027-05-01", To: "2027-05-31"}, nil)
	require.NoError(t, err)
	drawn := func(report evaluation.BranchReport) served {
		var out bytes.Buffer
		require.NoError(t, pdf.Branch(&out, report))
		return document.changed(out.Bytes())
	}
	timed, named := report, report
	timed.Method += " It began at " + begun.In(g.zone).Format("15:04") + "."
	named.Method += " By Z. Brzęczyszczykiewicz."
	visit, err := g.server.Reports.EvaluationReport(t.Context(), account.User{ID: g.max.id, Roles: account.Manager}, g.atMaxs.evaluation)
	require.NoError(t, err)
	visit.Sections[0].Answers[0].Answer = "Yes, by Anastazja"
	require.NoError(t, g.server.Reports.IllustrateEvaluation(t.Context(), &visit))
	shown := visit.Sections[1].Answers[len(visit.Sections[1].Answers)-1].Photos
	require.NotEmpty(t, shown)
	shown[0].JPEG = withCamera(shown[0].JPEG, begun)
	var drawnVisit bytes.Buffer
	require.NoError(t, pdf.Evaluation(&drawnVisit, visit))
	made := func(fill func(*gofpdf.Fpdf)) served {
		f := gofpdf.New("P", "mm", "A4", "")
		f.AddPage()
		f.SetFont("Helvetica", "", 12)
		fill(f)
		var out bytes.Buffer
		require.NoError(t, f.Output(&out))
		return document.changed(out.Bytes())
	}
	upload := slices.Min(slices.Collect(maps.Keys(g.hashes)))
	v7 := uuid.Must(uuid.NewV7())
	early := uuid.MustParse(fmt.Sprintf("%08x-%04x-7abc-8000-000000000000", received.UnixMilli()>>16, received.UnixMilli()&0xffff))

	for leak, c := range map[string]struct {
		planted       served
		secret, place string
	}{
		"the shopper's id in a header":            {one.with("X-Author", g.shopper.id.String()), "an id of users", "header X-Author"},
		"the shopper's id in base64":              {one.with("X-Trace", "v1."+base64.StdEncoding.EncodeToString(append([]byte{7}, g.shopper.id[:]...))), "an id of users", "header X-Trace"},
		"the visit's id without dashes":           {field(one, "of", strings.ToUpper(strings.ReplaceAll(g.atMaxs.visit.String(), "-", ""))), "an id of visits", "body of GET"},
		"an id that grows with time":              {field(one, "evaluation_id", v7), "an id that is not random", "body of GET"},
		"an id made when the evaluation came":     {field(one, "evaluation_id", early), "evaluations.received_at", "body of GET"},
		"the time of arrival in a cursor":         {cursor(micros, g.atMaxs.evaluation), "evaluations.received_at", "body of GET"},
		"the hour of the visit in a cursor":       {cursor(begun.In(g.zone).Format("2006-01-02 15:04:05")), "evaluations.begun_at", "body of GET"},
		"an ETag that counts changes":             {one.with("ETag", `"7"`), "when it was changed", "header Etag"},
		"an ETag made of the time":                {list.with("ETag", `W/"`+strconv.FormatInt(micros, 16)+`"`), "evaluations.received_at", "header Etag"},
		"the time of the last change":             {list.with("Last-Modified", received.UTC().Format(http.TimeFormat)), "evaluations.received_at", "header Last-Modified"},
		"the shopper's name in a PDF's metadata":  {made(func(f *gofpdf.Fpdf) { f.SetAuthor(g.shopper.name, true) }), "the shopper's name", "PDF unpacked"},
		"the time of the visit in a PDF's date":   {made(func(f *gofpdf.Fpdf) { f.SetCreationDate(begun) }), "evaluations.begun_at", "PDF unpacked"},
		"the time of the visit in a PDF's stream": {made(func(f *gofpdf.Fpdf) { f.Text(10, 10, "at "+begun.UTC().Format("15:04")) }), "evaluations.begun_at", "PDF unpacked"},
		"the time of the visit in a PDF's glyphs": {drawn(timed), "evaluations.begun_at", "PDF's text"},
		"the shopper's name in a PDF's glyphs":    {drawn(named), "the shopper's name", "PDF's text"},
		"EXIF in a photo":                         {photo.changed(withCamera(photo.body, begun)), "camera", "body of GET"},
		"a comment in a photo":                    {photo.changed(withSegment(photo.body, 0xfe, "IMG 1")), "metadata of a picture", "body of GET"},
		"EXIF in a picture of a PDF":              {visitDocument.changed(drawnVisit.Bytes()), "metadata of a picture", "body of GET"},
		"a text that was replaced, in a PDF":      {visitDocument.changed(drawnVisit.Bytes()), "a text that was replaced", "PDF's text"},
		"the persona":                             {field(one, "about", "for a BEEKEEPER"), "persona", "body of GET"},
		"the grade":                               {field(one, "grade", 7), "grade", "body of GET"},
		"the e-mail in base64":                    {field(one, "contact", base64.URLEncoding.EncodeToString([]byte("mailto:"+g.shopper.email))), "the shopper's e-mail", "body of GET"},
		"the e-mail in an address":                {one.with("Link", "</users?email=zdzislawa.mystery%40post.example>"), "the shopper's e-mail", "header Link"},
		"the name with other letters":             {field(one, "by", "zdzislawa brzeczyszczykiewicz"), "the shopper's name without accents", "body of GET"},
		"the fee":                                 {field(one, "costs", 173129), "fee", "body of GET"},
		"where a photo was taken":                 {field(one, "lat", 53.428917), "lat", "body of GET"},
		"the hash of an upload":                   {photo.with("Content-Disposition", `inline; filename="`+g.hashes[upload]+`.jpg"`), upload, "header Content-Disposition"},
		"another's evaluation":                    {field(list, "before", g.waiting[2].evaluation), "an id of evaluations", "body of GET"},
		"the text that was replaced":              {field(one, "original", "served by ANASTAZJA"), "a text that was replaced", "body of GET"},
		"the seconds of the visit, in hex":        {field(one, "key", strconv.FormatInt(begun.Unix(), 16)), "evaluations.begun_at", "body of GET"},
	} {
		t.Run(leak, func(t *testing.T) {
			traces := h.traces(t, c.planted)
			found := false
			for _, trace := range traces {
				found = found || trace.secret == c.secret && strings.HasPrefix(trace.place, c.place)
			}
			require.True(t, found, "%s in %s was not found, only %v", c.secret, c.place, traces)
		})
	}
}

// visible is everything that a manager can read, each answer by its request, without the machine's time.
func (g *guarded) visible(manager *person, targets ...target) map[string]string {
	g.clock.set(g.reading)
	seen := map[string]string{}
	for _, s := range manager.walk(targets...) {
		if strings.HasPrefix(s.what, "GET") {
			s.header.Del("Date")
			seen[s.what] = fmt.Sprint(s.header) + "\n" + string(s.body)
		}
	}
	return seen
}

func TestNothingIsKnownOfAVisitBeforeItIsApproved(t *testing.T) {
	g := newGuarded(t)
	targets := append([]target{g.atMaxs, g.atMonas, nowhere}, g.waiting...)
	before := g.visible(g.max, targets...)
	g.firstDay = g.firstDay.AddDate(0, 0, 3)
	g.inEveryState()
	require.Equal(t, before, g.visible(g.max, targets...))

	for _, more := range []string{"", "/report", "/photos/1"} {
		none := g.max.get(evaluationPath(nowhere.evaluation.String(), more)).is(404).body
		for _, hidden := range append(g.waiting, g.atMonas) {
			require.Equal(t, string(none), string(g.max.get(evaluationPath(hidden.evaluation.String(), more)).is(404).body))
		}
	}
}

func TestTheOrderOfADayIsNotThatOfArrival(t *testing.T) {
	g := newGuarded(t)
	g.firstDay = time.Date(2027, 5, 25, 0, 0, 0, 0, time.UTC)
	ids := []string{}
	for range 3 { // ever later
		g.visits = 0
		v := g.planned(g.oldTown)
		id, _ := g.handedIn(v)
		g.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": 7}).is(200)
		ids = append(ids, id)
	}
	for place, shuffle := range []int64{5, -9, 2} {
		require.NoError(t, g.server.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE evaluations SET shuffle = ? WHERE id = ?", shuffle, ids[place]).Exec(ctx)
			return err
		}))
	}
	want := []string{ids[1], ids[2], ids[0]}
	g.clock.set(g.reading)
	var listed, reported []string
	for _, e := range g.max.get("/evaluations?limit=3").is(200).items() {
		listed = append(listed, at(e["visit"], "evaluation_id").(string))
	}
	report := g.max.get("/branches/" + g.oldTown.ID.String() + "/report?from=2027-05-25&to=2027-05-25").is(200).object()
	for _, v := range report["visits"].([]any) {
		reported = append(reported, at(v, "evaluation_id").(string))
	}
	require.Equal(t, want, listed)
	require.Equal(t, want, reported)
}
