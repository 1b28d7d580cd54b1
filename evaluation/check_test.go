package evaluation

import (
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun/dialect"
	"pgregory.net/rapid"

	"fieldcare/internal/photo"
	"fieldcare/internal/photo/phototest"
)

// checkedOffice is an office that is looked at.
type checkedOffice struct {
	*office
	photos *Photos
}

func newCheckedOffice(t *testing.T) *checkedOffice {
	o := newOffice(t)
	photos, err := NewPhotos(o.db, filepath.Join(t.TempDir(), "photos"), o.evaluations.Clock, photo.NewDarkroom(2))
	require.NoError(t, err)
	return &checkedOffice{o, photos}
}

// check looks at everything, three evaluations at a time.
func (o *checkedOffice) check() (faults []string, checked Checked) {
	check := Check{DB: o.db, Photos: o.photos, Tell: func(sentence string) { faults = append(faults, sentence) }, atOnce: 3}
	checked, err := check.Run(o.t.Context())
	require.NoError(o.t, err)
	require.Len(o.t, faults, checked.Faults)
	return faults, checked
}

// photo keeps a picture of one colour.
func (o *checkedOffice) photo(shade uint8) Photo {
	picture := image.NewGray(image.Rect(0, 0, 60, 40))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(color.Gray{shade}), image.Point{}, draw.Src)
	upload := phototest.JPEG(picture)
	photo, err := o.photos.Put(o.t.Context(), o.sam, hashOf(upload), upload)
	require.NoError(o.t, err)
	return photo
}

func TestACheckFindsNothingWrongWithWhatTheStoresKeep(t *testing.T) {
	o := newCheckedOffice(t)
	checklist, branch, rival := o.publish("Visit"), o.open("A", "North", false), o.open("X", "North", true)
	shelf := o.photo(10)
	for i := range 7 { // three batches, the last of them not full
		id := o.handIn([]Branch{branch, rival}[i%2].ID, checklist, "2026-01-10", i-1, shelf.UploadedHash)
		if i < 5 {
			o.approve(id)
		}
		if i == 3 {
			o.reopen(id)
			o.reject(id)
		}
	}
	faults, checked := o.check()
	require.Empty(t, faults)
	require.Equal(t, Checked{Itself: o.db.Read().Dialect().Name() == dialect.SQLite, Versions: 1, Evaluations: 7, Revisions: 7, Photos: 1}, checked)
}

func TestEachDamageIsFoundAndNamed(t *testing.T) {
	o := newCheckedOffice(t)
	checklist, unreadable, branch := o.publish("Visit"), o.publish("Telephone"), o.open("A", "North", false)
	photos := []Photo{o.photo(10), o.photo(100), o.photo(200), o.photo(250)}
	handIn := func() uuid.UUID { return o.handIn(branch.ID, checklist, "2026-01-10", 8) }
	approved := func() uuid.UUID {
		id := handIn()
		o.approve(id)
		return id
	}
	var wanted []string // a pattern for each fault
	damage := func(pattern, query string, args ...any) {
		wanted = append(wanted, "^"+pattern)
		o.run(query, args...)
	}
	revision := func(id uuid.UUID) string { return "evaluation " + id.String() + ", revision 1: " }

	approved()
	o.approve(o.handIn(branch.ID, checklist, "2026-02-10", 5))
	damage("branch_sums, branch_id "+branch.ID.String()+", checklist_id "+checklist.String()+
		", day 2026-02-10: kept are n 2, total 500000, squares 250000000000; the approved evaluations come to n 1, total 500000, squares 250000000000$",
		"UPDATE branch_sums SET n = n + 1 WHERE day = '2026-02-10'")
	damage("month_sums, checklist_id "+checklist.String()+", month 2026-02, branch_id "+branch.ID.String()+": kept are n 0, total 0, squares 0; .* n 1,",
		"DELETE FROM month_sums WHERE month = '2026-02'")
	damage("programme_sums, checklist_id "+checklist.String()+", part region:North, day 2026-02-10: kept are n 1, total 500001,",
		"UPDATE programme_sums SET total = total + 1 WHERE day = '2026-02-10' AND part = 'region:North'")
	damage("programme_sums, .* part region:Nowhere, day 2026-02-10: kept are n 7, .*n 0, total 0, squares 0$",
		"INSERT INTO programme_sums (checklist_id, part, day, n, total, squares) VALUES (?, 'region:Nowhere', '2026-02-10', 7, 1, 1)", checklist)

	id := handIn()
	damage(revision(id)+"the document cannot be read", "UPDATE revisions SET document = '{' WHERE evaluation_id = ?", id)
	id = handIn()
	damage(revision(id)+"the score cannot be read", "UPDATE revisions SET score = 'none' WHERE evaluation_id = ?", id)
	id = handIn()
	damage(revision(id)+`its score is kept as 4/5 \(of 10 points 8\), and its answers come to 3/10 \(of 10 points 3\)`,
		`UPDATE revisions SET document = '{"answers": {"tenths": 3}}' WHERE evaluation_id = ?`, id)
	id = handIn()
	damage(revision(id)+"its score is kept as 4/5", `UPDATE revisions SET score = replace(score, '"counted":true', '"counted":false') WHERE evaluation_id = ?`, id)
	id = handIn()
	damage(revision(id)+"the document: /answers/tenth is not", `UPDATE revisions SET document = '{"answers": {"tenths": 8, "tenth": 8}}' WHERE evaluation_id = ?`, id)
	id = handIn()
	damage(revision(id)+"its score does not say which version", `UPDATE revisions SET score = replace(score, '"engine_version":1', '"engine_version":0') WHERE evaluation_id = ?`, id)
	id = handIn()
	damage(revision(id)+`its score is 4/5 \(of 10 points 8\), and beside it are kept 800001 millionths and the fraction 4/5`, "UPDATE evaluations SET score = score + 1 WHERE id = ?", id)
	id = handIn()
	damage(revision(id)+"its score is 4/5 .*, and beside it are kept no millionths and the fraction 4/5", "UPDATE evaluations SET score = NULL WHERE id = ?", id)
	id = handIn()
	damage(revision(id)+"its score is 4/5 .*, and beside it are kept 800000 millionths and the fraction 3/5", "UPDATE evaluations SET fraction = '3/5' WHERE id = ?", id)
	id = handIn()
	damage("evaluation "+id.String()+": its current revision, number 3, is missing", "UPDATE evaluations SET revision = 3 WHERE id = ?", id)
	id = handIn()
	damage("evaluation "+id.String()+": its current revision, number 1, is missing", "DELETE FROM revisions WHERE evaluation_id = ?", id)
	id = handIn()
	damage("evaluation "+id.String()+": it has no time of approval, and its visit is approved",
		"UPDATE visits SET state = 'approved' WHERE id = (SELECT visit_id FROM evaluations WHERE id = ?)", id)

	o.handIn(branch.ID, unreadable, "2026-01-10", 8)
	damage("checklist "+unreadable.String()+", version 1: the document cannot be read", "UPDATE checklist_versions SET document = '[]' WHERE checklist_id = ?", unreadable)

	flipped, err := os.ReadFile(o.photos.path(photos[1].StoredHash, false))
	require.NoError(t, err)
	flipped[len(flipped)/2] ^= 1
	require.NoError(t, os.WriteFile(o.photos.path(photos[1].StoredHash, false), flipped, 0o600))
	require.NoError(t, os.Remove(o.photos.path(photos[2].StoredHash, false)))
	require.NoError(t, os.Truncate(o.photos.path(photos[3].StoredHash, true), 100))
	wanted = append(wanted,
		"^photo "+photos[1].StoredHash+": the file's content is not what was stored",
		"^photo "+photos[2].StoredHash+": the file cannot be opened",
		"^photo "+photos[3].StoredHash+": the thumbnail cannot be read")

	faults, _ := o.check()
	for _, pattern := range wanted {
		at := slices.IndexFunc(faults, regexp.MustCompile(pattern).MatchString)
		require.GreaterOrEqual(t, at, 0, "nothing says %s:\n%q", pattern, faults)
		faults = slices.Delete(faults, at, at+1)
	}
	require.Empty(t, faults, "there is no more than that")
}

func TestARebuildPutsTheSumsRightAndNothingElse(t *testing.T) {
	o := newCheckedOffice(t)
	checklist, branch := o.publish("Visit"), o.open("A", "North", false)
	for _, day := range []string{"2026-01-10", "2026-01-11", "2026-02-01"} {
		o.approve(o.handIn(branch.ID, checklist, day, 8))
	}
	right := o.kept()
	require.Zero(t, o.rebuild())
	require.Equal(t, right, o.kept())

	damaged := o.handIn(branch.ID, checklist, "2026-02-01", 5)
	o.approve(damaged)
	o.run("UPDATE evaluations SET score = 99000000000 WHERE id = ?", damaged) // in no sum: its square would not fit
	o.run("DELETE FROM month_sums WHERE month = '2026-01'")
	o.run("UPDATE programme_sums SET squares = 1 WHERE day = '2026-01-10'")
	faults, _ := o.check()
	require.Len(t, faults, 1+1+1+1+2+2, "the score, and the sums: a day, a month gone and one with what is in none, two parts of two days\n%q", faults)
	require.Equal(t, len(faults)-1, o.rebuild())
	require.Equal(t, right, o.kept())
	faults, _ = o.check()
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "99000000000 millionths")
}

func TestAScoreOfAnotherEngineIsCountedAndNotCalculatedAgain(t *testing.T) {
	o := newCheckedOffice(t)
	o.approve(o.handIn(o.open("A", "North", false).ID, o.publish("Visit"), "2026-01-10", 8))
	o.run(`UPDATE revisions SET score = replace(replace(score, '"engine_version":1', '"engine_version":2'), '"coverage"', '"reach"')`)
	faults, checked := o.check()
	require.Empty(t, faults)
	require.Equal(t, 1, checked.OtherEngine)
}

func TestACheckBesideAServingProgramRaisesNoFalseAlarm(t *testing.T) {
	o := newCheckedOffice(t)
	checklist, branch := o.publish("Visit"), o.open("A", "North", false)
	var evaluations []uuid.UUID
	for i := range 8 {
		evaluations = append(evaluations, o.handIn(branch.ID, checklist, "2026-01-10", i))
	}
	looked := make(chan struct{})
	served := make(chan error, 1)
	var moves atomic.Int64
	go func() {
		for {
			select {
			case <-looked:
				served <- nil
				return
			default:
			}
			n := int(moves.Load())
			id, err := evaluations[n%len(evaluations)], error(nil)
			if n/len(evaluations)%2 == 0 {
				err = o.evaluations.Approve(t.Context(), o.carol, id, Approval{Revision: 1, Grade: 8})
			} else {
				err = o.evaluations.Reopen(t.Context(), o.carol, id, "Once more.")
			}
			if err != nil {
				served <- err
				return
			}
			moves.Add(1)
		}
	}()
	var faults []string
	// Until it looked while a good deal was going on, or nothing goes on any more.
	for looks := 0; (looks < 20 || moves.Load() < 20) && len(served) == 0; looks++ {
		some, _ := o.check()
		faults = append(faults, some...)
	}
	close(looked)
	require.NoError(t, <-served)
	require.Empty(t, faults)
	require.GreaterOrEqual(t, moves.Load(), int64(20))
}

// A check compares scores that were kept with fresh ones: nothing of a score may be lost where it is kept.
func TestAScoreIsTheSameAfterItWasKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		score := v.Score(drawAnswers(t, v))
		text, err := json.Marshal(score)
		require.NoError(t, err)
		var kept Score
		require.NoError(t, json.Unmarshal(text, &kept))
		require.Equal(t, score, kept)
	})
}
