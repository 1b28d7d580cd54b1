package handlers_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// guarded is a world in which everything that the identity wall hides is distinctive: found anywhere, it is a leak.
type guarded struct {
	*world
	shopper           *person
	checklist         uuid.UUID
	zone              *time.Location
	atMaxs, atMonas   target            // approved
	waiting           []target          // at Max's branch, in every state before approval, and rejected
	said              map[string]string // what people said that the branch does not get
	hashes            map[string]string
	visits            int
	firstDay, reading time.Time
}

func newGuarded(t T) *guarded {
	w := newWorld(t)
	zone, err := time.LoadLocation("Europe/Warsaw")
	require.NoError(t, err)
	g := &guarded{world: w, zone: zone, firstDay: time.Date(2027, 5, 17, 0, 0, 0, 0, time.UTC), reading: time.Date(2027, 6, 1, 15, 0, 0, 0, time.UTC),
		said: map[string]string{}, hashes: map[string]string{}}
	w.ada.patch("/settings", 0, body{"rotation_days": 0, "organisation": "Northwind"}).is(200)
	g.checklist = w.publish(allTypes())
	name, email, language := "Zdzisława Brzęczyszczykiewicz", "zdzislawa.mystery@post.example", "szl-Latn-PL"
	roles := account.Shopper
	u, err := w.server.Accounts.AddWithPassword(w.Context(), account.UserChange{Email: &email, Name: &name, Language: &language, Roles: &roles}, password)
	require.NoError(t, err)
	g.shopper = &person{w: w, id: u.ID, name: name, email: email, client: w.client()}
	g.atMaxs, g.atMonas = g.approved(w.oldTown), g.approved(w.harbour)
	g.inEveryState()
	return g
}

// next moves the clock to an odd time that nothing else has: each step of the story happens in a minute of its own.
func (g *guarded) next() {
	g.visits++
	n := time.Duration(g.visits)
	g.clock.set(g.firstDay.Add(5*time.Hour + n*67*time.Minute + n*13*time.Second + 123456*time.Microsecond))
}

// planned is a visit that the shopper accepts.
func (g *guarded) planned(b branch) visit {
	g.next()
	v := g.plan(g.checklist, body{"shopper_id": g.shopper.id, "branch_id": b.ID, "opens": "2027-05-10T07:11", "closes": "2027-05-30T19:43",
		"fee": body{"amount": 173129, "currency": "SEK"}, "expense_limit": body{"amount": 864207, "currency": "SEK"},
		"scenario": body{"persona": "A beekeeper in a hurry", "instructions": "Order the walnut roulade", "questions": "Ask for a ceramic cup"}})
	return v
}

// handedIn is an evaluation with something of everything in it.
func (g *guarded) handedIn(v visit) (id string, answers body) {
	g.next()
	g.shopper.post(v.path("/accept"), nil).is(200)
	g.next()
	begun := g.clock.now().Truncate(time.Second)
	taken := begun.Add(-26*time.Hour - 9*time.Minute) // away from the visit: something to observe
	n := uint8(g.visits)
	pictures := [][]byte{withCamera(photo(n), taken), photo(n + 100), photo(n + 200)}
	answers = allAnswers(g.world)
	answers["at"], answers["note-to-office"], answers["words"] = "10:49", "The barista is my cousin Grzegorz.", "Served by Anastazja, who wore a green scarf."
	answers["shelf"] = body{"photos": []string{g.shopper.uploads(pictures[0]), g.shopper.uploads(pictures[1])}}
	answers["bill"] = body{"amount": 918273, "currency": "PLN", "photos": []string{g.shopper.uploads(pictures[2])}}
	answers["here"] = body{"lat": 53.428917, "lon": 14.552861, "accuracy": 12}
	for i, picture := range pictures {
		g.hashes[fmt.Sprintf("upload %d of visit %d", i, g.visits)] = hashOf(picture)
	}
	sent := submission(v, answers, body{"begun": begun.Format(time.RFC3339), "finished": begun.Add(23 * time.Minute).Format(time.RFC3339),
		"moments": []body{{"id": "in", "at": begun.Add(3 * time.Minute).Format(time.RFC3339)}},
		"photos": []body{{"sha256": hashOf(pictures[0]), "taken_at": taken.Format(time.RFC3339), "source": "camera",
			"position": body{"lat": 53.428917, "lon": 14.552861, "accuracy": 5}}}})
	g.next()
	g.shopper.post("/evaluations", sent).is(201)
	return sent["id"].(string), answers
}

// approved is a visit with a history: returned, revised, edited for publication, approved.
func (g *guarded) approved(b branch) target {
	v := g.planned(b)
	id, answers := g.handedIn(v)
	g.next()
	g.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Zabrakło opisu kolejki, proszę dopisać."}).is(200)
	answers["words"] = "Served by Anastazja, who wore a green scarf and smiled."
	g.next()
	g.shopper.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(201)
	g.next()
	photos := g.carol.get(evaluationPath(id, "")).object()["photos"].([]any)
	face := slices.IndexFunc(photos, func(p any) bool { return at(p, "question_id") == "shelf" })
	g.carol.publishes(id, body{"question_id": "words", "text": "Served at once.", "reason": "She names an employee"},
		body{"photo": at(photos[face], "number"), "reason": "A recognisable face is on it"})
	g.next()
	g.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 7}).is(200)
	for i, o := range g.carol.get(evaluationPath(id, "")).object()["observations"].([]any) {
		g.said[fmt.Sprintf("observation %d of %s", i, id)] = at(o, "reason").(string)
	}
	return g.about(b, v, id)
}

func (g *guarded) about(b branch, v visit, id string) target {
	return target{user: g.shopper.id, branch: b.ID, checklist: g.checklist, offered: v.id, visit: v.id, evaluation: uuid.MustParse(id)}
}

// inEveryState has at Max's branch a visit in each state but approved.
func (g *guarded) inEveryState() {
	nothing := uuid.NewString()
	planned := g.planned(g.oldTown)
	accepted := g.planned(g.oldTown)
	g.next()
	g.shopper.post(accepted.path("/accept"), nil).is(200)
	submitted, returned, rejected := g.planned(g.oldTown), g.planned(g.oldTown), g.planned(g.oldTown)
	one, _ := g.handedIn(submitted)
	two, _ := g.handedIn(returned)
	g.next()
	g.carol.post(evaluationPath(two, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Proszę o więcej szczegółów."}).is(200)
	three, _ := g.handedIn(rejected)
	g.next()
	g.carol.post(evaluationPath(three, "/reject"), body{"revision": 1, "reason": "It was the wrong street."}).is(200)
	cancelled := g.planned(g.oldTown)
	g.next()
	g.carol.post(cancelled.path("/cancel"), body{"reason": "The roof leaks there."}).is(200)
	g.waiting = []target{g.about(g.oldTown, planned, nothing), g.about(g.oldTown, accepted, nothing), g.about(g.oldTown, submitted, one),
		g.about(g.oldTown, returned, two), g.about(g.oldTown, rejected, three)}
}

// hunter knows every secret that there is from a manager, to whom only these evaluations are known.
func (g *guarded) hunter(manager *person, own branch, evaluations ...uuid.UUID) *hunter {
	h := newHunter()
	h.names("the shopper's name", g.shopper.name)
	h.says("the shopper's name without accents", database.Fold(g.shopper.name))
	h.names("the shopper's e-mail", strings.TrimSuffix(g.shopper.email, "@post.example"))
	h.says("the shopper's language", "szl-Latn")
	for secret, text := range map[string]string{
		"persona": "beekeeper", "instructions": "walnut roulade", "the scenario's questions": "ceramic cup", "fee": "173129", "fee in words": "1731.29", "expense limit": "864207",
		"receipt": "918273", "receipt in words": "9182.73", "lat": "53.4289", "lon": "14.5528", "lat in millionths": "53428917", "lon in millionths": "14552861",
		"an answer for the office": "cousin Grzegorz", "a text that was replaced": "Anastazja", "the same": "green scarf", "the reviewer's words": "Zabrakło opisu", "a return": "więcej szczegółów",
		"a rejection": "wrong street", "a cancelling": "roof leaks", "the reason of an edit": "names an employee", "the reason of another": "recognisable face",
		"camera": "Lubitel 166", "a comment in a picture": "strych u Zdzisi", "a time that was answered": "10:49", "the window": "07:11", "the window's end": "19:43",
	} {
		h.says(secret, text)
	}
	for what, text := range g.said {
		h.says(what, text)
	}
	for what, hash := range g.hashes {
		h.hash(what, hash)
	}
	h.known[manager.id], h.known[g.checklist], h.known[own.ID] = true, true, true
	may := append(evaluations, manager.id, own.ID)
	for _, table := range []string{"users", "branches", "visits", "visit_moves", "photos", "sessions", "evaluations", "audit", "jobs", "mails"} {
		for _, id := range columns[uuid.UUID](g.world, "SELECT id FROM "+table) {
			if !slices.Contains(may, id) {
				h.is("an id of "+table, id)
			}
		}
	}
	for _, hash := range columns[string](g.world, "SELECT stored_hash FROM photos") {
		h.hash("a stored hash", hash)
	}
	for _, hash := range columns[string](g.world, "SELECT content_hash FROM revisions") {
		h.hash("the hash of a revision", hash)
	}
	for _, from := range []string{"evaluations.begun_at", "evaluations.finished_at", "evaluations.received_at", "evaluations.approved_at", "revisions.received_at", "publications.at",
		"visits.created_at", "visits.accepted_at", "visits.cancelled_at", "visits.opens_at", "visits.closes_at", "visit_moves.at", "photos.created_at"} {
		table, column, _ := strings.Cut(from, ".")
		for _, micros := range columns[int64](g.world, "SELECT DISTINCT "+column+" FROM "+table+" WHERE "+column+" IS NOT NULL") {
			at := time.UnixMicro(micros)
			h.happened(from, at, g.zone)
			if column == "begun_at" {
				h.happened("a moment", at.Add(3*time.Minute), g.zone)
				h.happened("when a photo was taken", at.Add(-26*time.Hour-9*time.Minute), g.zone)
			}
		}
	}
	return h
}

// columns gives the one column of a query.
func columns[V any](w *world, query string) (values []V) {
	w.Helper()
	require.NoError(w, w.server.DB.Read().NewRaw(query).Scan(context.Background(), &values))
	require.NotEmpty(w, values, query)
	return values
}

// withCamera gives a JPEG the EXIF of a camera with its time, and a comment.
func withCamera(picture []byte, taken time.Time) []byte {
	tag := func(id, kind uint16, count, value uint32) []byte {
		b := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, id), kind)
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, count), value)
	}
	const model = "Lubitel 166\x00"
	const first, second = 8, 8 + 2 + 2*12 + 4 + len(model)
	tiff := append([]byte("II*\x00"), 8, 0, 0, 0)
	tiff = append(tiff, 2, 0)
	tiff = append(tiff, tag(0x0110, 2, uint32(len(model)), first+2+2*12+4)...)
	tiff = append(tiff, tag(0x8769, 4, 1, uint32(second))...)
	tiff = append(append(tiff, 0, 0, 0, 0), model...)
	tiff = append(tiff, 1, 0)
	tiff = append(tiff, tag(0x9003, 2, 20, uint32(second)+2+12+4)...)
	tiff = append(append(tiff, 0, 0, 0, 0), taken.Format("2006:01:02 15:04:05\x00")...)
	return withSegment(withSegment(picture, 0xe1, "Exif\x00\x00"+string(tiff)), 0xfe, "strych u Zdzisi")
}

// withSegment puts a segment at the beginning of a JPEG.
func withSegment(picture []byte, marker byte, content string) []byte {
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, marker}, uint16(2+len(content)))
	return slices.Concat(head, []byte(content), picture[2:])
}
