package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// zipEntry is a file in a ZIP.
type zipEntry struct {
	name    string
	content []byte
}

func zipped(entries ...zipEntry) []byte {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, e := range entries {
		into, err := z.Create(e.name)
		if err == nil {
			_, err = into.Write(e.content)
		}
		if err != nil {
			panic(err) // in memory
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// manifest names evaluations as a phone does; one that says nothing of its end is open.
func manifest(of *person, evaluations ...body) body {
	named := []body{}
	for _, e := range evaluations {
		open := e["finished"] == "" || e["finished"] == nil && e["based_on"] == nil
		named = append(named, body{"id": e["id"], "visit_id": e["visit_id"], "open": open})
	}
	return body{"format": "fieldcare-unsent-work", "version": 1, "user": of.id, "exported_at": "2026-11-23T16:00:00Z", "evaluations": named}
}

func manifestEntry(m body) zipEntry { return zipEntry{"manifest.json", []byte(jsonText(m))} }

func evaluationEntry(e body) zipEntry {
	return zipEntry{fmt.Sprintf("evaluations/%v.json", e["id"]), []byte(jsonText(e))}
}

// photoEntry is a photo as a phone names it.
func photoEntry(content []byte) zipEntry {
	return zipEntry{"photos/" + hashOf(content) + ".jpg", content}
}

// unsentWork is the file that a person's phone saves.
func unsentWork(of *person, evaluations ...body) []byte {
	entries := []zipEntry{manifestEntry(manifest(of, evaluations...))}
	for _, e := range evaluations {
		entries = append(entries, evaluationEntry(e))
	}
	return zipped(entries...)
}

const importing = "/evaluations/import"

// imported sends a file and gives what became of each evaluation.
func (p *person) imported(file []byte) (lines []map[string]any) {
	p.w.Helper()
	for _, line := range p.post(importing, file).is(200).object()["evaluations"].([]any) {
		lines = append(lines, line.(map[string]any))
	}
	return lines
}

func TestACoordinatorHandsInWhatAPhoneCouldNotSend(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(9 * time.Hour))
	answers := goodAnswers()
	inFile, before := photo(7), photo(8)
	answers["shelf"] = body{"photos": []string{hashOf(inFile), w.sam.uploads(before)}}
	sent := submission(v, answers, nil)
	id := sent["id"].(string)
	file := zipped(manifestEntry(manifest(w.sam, sent)), evaluationEntry(sent), photoEntry(inFile))

	lines := w.carol.imported(file)
	require.Len(t, lines, 1)
	require.Equal(t, "taken", lines[0]["outcome"], lines)
	require.NotContains(t, lines[0], "problem")
	again := w.carol.imported(file)
	require.Equal(t, "again", again[0]["outcome"])
	require.Equal(t, lines[0]["receipt"], again[0]["receipt"])
	require.Equal(t, at(lines[0]["receipt"], "content_hash"), w.sam.post("/evaluations", sent).is(200).object()["content_hash"], "the phone learns that it arrived")

	own := w.sam.get(evaluationPath(id, "")).is(200).object()
	require.Equal(t, "submitted", own["state"])
	require.Len(t, own["photos"], 2)
	mails := w.mailed(w.sam)
	require.NotEmpty(t, mails)
	require.Equal(t, "evaluation-handed-in", mails[len(mails)-1]["template"])
	require.Contains(t, mails[len(mails)-1]["body"], "https://fieldcare.test/evaluations/"+id)
}

func TestWhatWasHandedInFromAFileIsMarkedAndSomebodyElseApprovesIt(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(9 * time.Hour))
	sent := submission(v, goodAnswers(), nil)
	id := sent["id"].(string)
	require.Equal(t, "taken", w.carol.imported(unsentWork(w.sam, sent))[0]["outcome"])

	whole := w.carol.get(evaluationPath(id, "")).is(200).object()
	require.Equal(t, []any{map[string]any{"kind": "from_file", "reason": "Carol handed it in from a file that the shopper saved on the phone"}}, whole["observations"])
	require.Equal(t, w.carol.id.String(), at(whole["revisions"], "0", "handed_in_by"))
	require.Equal(t, w.sam.id.String(), at(whole["revisions"], "0", "author_id"))
	moves := w.carol.get(v.path("/moves")).is(200).items()
	require.Equal(t, w.carol.id.String(), moves[len(moves)-1]["actor_id"])
	require.Contains(t, string(w.ada.get("/audit?limit=5").body), `"action":"import"`)

	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": 8}).isProblem(409, "own-import").refuses(409, "somebody else approves it")
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Please say more."}).is(200)
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": goodAnswers()}).is(201)
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8}).isProblem(409, "own-import")
	w.ada.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8}).is(200)

	for _, path := range []string{evaluationPath(id, ""), evaluationPath(id, "/report"), "/branches/" + w.oldTown.ID.String() + "/report"} {
		got := string(w.max.get(path).is(200).body)
		for _, hidden := range []string{"from_file", "handed", "Carol", w.carol.id.String(), "Sam", w.sam.id.String()} {
			require.NotContains(t, got, hidden, path)
		}
	}
}

func TestARevisionCanComeFromAFileToo(t *testing.T) {
	w := newWorld(t)
	v, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Please say more."}).is(200)
	answers := goodAnswers()
	answers["words"], answers["clean"] = "The barista smiled.", 1
	revision := body{"based_on": 1, "answers": answers}
	file := func() []byte {
		m := manifest(w.sam, body{"id": id, "visit_id": v.id, "based_on": 1})
		return zipped(manifestEntry(m), zipEntry{"evaluations/" + id + ".json", []byte(jsonText(revision))})
	}
	refused := w.carol.imported(file())[0]
	require.Equal(t, "clean", at(refused, "problem", "errors", "0", "question"))
	require.Contains(t, at(refused, "problem", "errors", "0", "detail"), "was not returned to you")

	answers["clean"] = 5
	require.Equal(t, "taken", w.carol.imported(file())[0]["outcome"])
	require.Equal(t, "again", w.carol.imported(file())[0]["outcome"])
	whole := w.carol.get(evaluationPath(id, "")).is(200).object()
	require.Equal(t, w.carol.id.String(), at(whole["revisions"], "1", "handed_in_by"))
	require.NotContains(t, at(whole["revisions"], "0"), "handed_in_by")
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8}).isProblem(409, "own-import")
}

func TestOneEvaluationThatIsRefusedStopsNoneOfTheOthers(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	checklist := w.publish(branchVisit())
	visits := []visit{w.accepted(checklist), w.accepted(checklist), w.accepted(checklist), w.accepted(checklist)}
	sues := w.plan(checklist, body{"shopper_id": w.sue.id})
	w.sue.post(sues.path("/accept"), nil).is(200)
	w.clock.set(monday.Add(9 * time.Hour))

	shelf := photo(5)
	spoilt := goodAnswers()
	spoilt["shelf"], spoilt["clean"] = body{"photos": []string{hashOf(shelf), hashOf(photo(6))}}, 9
	open := body{"finished": ""}
	faulty := submission(visits[0], spoilt, nil)
	half := submission(visits[1], body{"greeted": "yes"}, open)
	done := submission(visits[2], goodAnswers(), open)
	foreign := submission(sues, goodAnswers(), nil)
	other, broken, absent, last := submission(visits[0], goodAnswers(), nil), submission(visits[0], goodAnswers(), nil), submission(visits[0], goodAnswers(), nil), submission(visits[3], goodAnswers(), nil)

	m := manifest(w.sam, faulty, half, done, foreign, other, broken, absent, last)
	m["evaluations"].([]body)[4]["visit_id"] = visits[1].id
	file := zipped(manifestEntry(m), evaluationEntry(faulty), evaluationEntry(half), evaluationEntry(done), evaluationEntry(foreign), evaluationEntry(other),
		zipEntry{"evaluations/" + broken["id"].(string) + ".json", []byte(`{"id": `)}, evaluationEntry(last),
		zipEntry{"photos/" + hashOf(shelf) + ".jpg", photo(4)})
	lines := w.carol.imported(file)
	outcomes := []any{}
	for _, line := range lines {
		outcomes = append(outcomes, line["outcome"])
	}
	require.Equal(t, []any{"refused", "refused", "taken", "refused", "refused", "refused", "refused", "taken"}, outcomes, "%v", lines)

	says := map[string]string{}
	for _, f := range at(lines[0], "problem", "errors").([]any) {
		says[at(f, "pointer").(string)] = at(f, "question").(string) + ": " + at(f, "detail").(string)
	}
	require.Contains(t, says["/answers/shelf/photos/0"], "shelf: this photo of the file is not the SHA-256 of the bytes")
	require.Contains(t, says["/answers/shelf/photos/1"], "shelf: this photo is not in the file, and was not uploaded before")
	require.Contains(t, says, "/answers/clean")
	require.Equal(t, true, lines[1]["open"])
	require.Equal(t, "words", at(lines[1], "problem", "errors", "0", "question"))
	whole := w.carol.get(evaluationPath(done["id"].(string), "")).is(200).object()
	require.Contains(t, at(whole["observations"], "0", "reason"), "where it was not finished yet")
	require.Equal(t, "2026-11-23T16:00:00Z", whole["finished"], "when the file was saved")
	require.Equal(t, "urn:fieldcare:not-found", at(lines[3], "problem", "type"))
	require.Contains(t, at(lines[4], "problem", "errors", "0", "detail"), "as manifest.json has it")
	require.Contains(t, at(lines[5], "problem", "errors", "0", "detail"), "not valid JSON")
	require.Contains(t, at(lines[6], "problem", "errors", "0", "detail"), "is missing in the file")
	require.Equal(t, "accepted", w.sam.get(visits[0].path("")).object()["state"])
	require.Equal(t, "accepted", w.sue.get(sues.path("")).object()["state"])
}

func TestAFileThatIsNoUnsentWorkIsRefusedWhole(t *testing.T) {
	w := newWorld(t)
	sent := submission(w.accepted(w.publish(branchVisit())), goodAnswers(), nil)
	good, e := manifestEntry(manifest(w.sam, sent)), evaluationEntry(sent)
	with := func(key string, value any) zipEntry {
		m := manifest(w.sam, sent)
		m[key] = value
		return manifestEntry(m)
	}
	named := manifest(w.sam, sent)["evaluations"].([]body)[0]
	many := []zipEntry{good, e}
	for i := range 2000 {
		many = append(many, zipEntry{fmt.Sprintf("photos/%064x.jpg", i), nil})
	}
	endless := []zipEntry{good, e}
	for i := range 20000 {
		endless = append(endless, zipEntry{fmt.Sprintf("%d", i), nil})
	}
	for what, file := range map[string][]byte{
		"/: is not a ZIP":                          []byte("PK"),
		"/: is not a ZIP file":                     zipped(good, e)[:200],
		"/: manifest.json is missing":              zipped(e),
		"/: has manifest.json twice":               zipped(good, e, good),
		"/: has evaluations/":                      zipped(good, e, e),
		"/: entry 3 has a name":                    zipped(good, e, zipEntry{"../../etc/passwd", nil}),
		"/: entry 2 has a name":                    zipped(good, zipEntry{"evaluations/../" + e.name, e.content}),
		"/: entry 1 has a name":                    zipped(zipEntry{"/manifest.json", good.content}),
		"/: entry 4 has a name":                    zipped(good, e, photoEntry(photo(1)), zipEntry{"photos/", nil}),
		"/: manifest.json is not the JSON":         zipped(zipEntry{"manifest.json", []byte("[]")}, e),
		"/: manifest.json unpacks to more than":    zipped(zipEntry{"manifest.json", make([]byte, 1<<20+1)}, e),
		"/: manifest.json cannot be unpacked":      damaged(zipped(good, e)),
		"/: has 2002 entries: at most 2000":        zipped(many...),
		"/: has too many entries":                  zipped(endless...),
		"/format: must be":                         zipped(with("format", "something"), e),
		"/version: must be 1":                      zipped(with("version", 2), e),
		"/user: must be the id of a shopper":       zipped(with("user", w.max.id), e),
		"/user: must be the id of the shopper":     zipped(with("user", "Sam"), e),
		"/exported_at: must be an instant":         zipped(with("exported_at", "yesterday"), e),
		"/evaluations: must be 1 to 200":           zipped(with("evaluations", []body{}), e),
		"/evaluations: does not name evaluations/": zipped(with("evaluations", []body{{"id": uuid.New(), "visit_id": uuid.New()}}), e),
		"/evaluations/1/id: is named twice":        zipped(with("evaluations", []body{named, named}), e),
		"/evaluations/0/id: must be the id":        zipped(with("evaluations", []body{{"id": "../x", "visit_id": uuid.New()}}), e),
		"/evaluations/0/visit_id: must be the id":  zipped(with("evaluations", []body{{"id": sent["id"], "visit_id": ""}}), e),
	} {
		faults := w.carol.post(importing, file).isProblem(422, "invalid").faults()
		pointer, detail, _ := strings.Cut(strings.TrimPrefix(what, "/:"), ": ")
		if strings.HasPrefix(what, "/: ") {
			pointer, detail = "", strings.TrimPrefix(what, "/: ")
		}
		require.Contains(t, faults, pointer, what)
		require.Contains(t, faults[pointer], detail, what)
	}
	require.Empty(t, w.carol.get("/evaluations").items())
}

// damaged has one byte of its first entry changed.
func damaged(file []byte) []byte {
	file = bytes.Clone(file)
	name := int(binary.LittleEndian.Uint16(file[26:]))
	file[30+name+40] ^= 0xff
	return file
}

func TestAnEntryThatUnpacksWithoutEndIsCountedAndNotBelieved(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(9 * time.Hour))
	answers := goodAnswers()
	hashes := []string{}
	for i := range 8 {
		hashes = append(hashes, fmt.Sprintf("%064x", i))
	}
	answers["shelf"] = body{"photos": hashes}
	sent := submission(v, answers, nil)

	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, e := range []zipEntry{manifestEntry(manifest(w.sam, sent)), evaluationEntry(sent)} {
		into, err := z.Create(e.name)
		require.NoError(t, err)
		_, err = into.Write(e.content)
		require.NoError(t, err)
	}
	for _, hash := range hashes {
		into, err := z.Create("photos/" + hash + ".jpg")
		require.NoError(t, err)
		_, err = io.Copy(into, io.LimitReader(zeros{}, 30<<20))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.Less(t, packed.Len(), 1<<20)

	line := w.carol.imported(packed.Bytes())[0]
	require.Equal(t, "refused", line["outcome"])
	faults := jsonText(at(line, "problem", "errors"))
	require.Contains(t, faults, "unpacks to more than 20971520 bytes")
	require.Contains(t, faults, "the file unpacks to more than 134217728 bytes")
	require.Equal(t, "accepted", w.sam.get(v.path("")).object()["state"])
}

func TestAFileOfUnsentWorkIsBounded(t *testing.T) {
	w := newWorld(t)
	w.carol.raw("POST", "/api/v1"+importing, make([]byte, 64<<20+1)).isProblem(413, "too-large")
	w.nobody.raw("POST", "/api/v1"+importing, make([]byte, 2<<20)).isProblem(401, "sign-in-needed")
	w.sam.raw("POST", "/api/v1"+importing, []byte("PK")).isProblem(403, "forbidden")
}
