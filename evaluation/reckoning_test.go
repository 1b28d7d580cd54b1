package evaluation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// How much is drawn, and how close two figures must be to be the same.
const (
	drawnProgrammes = 200
	reportsOfEach   = 5
	sameFigure      = 1e-9
)

// notReckoned are the fields of a report that are words only, or that no rule makes a figure of. All others must be
// reckoned: a field that comes to the report later is in this list or in the other program.
var notReckoned = map[string]bool{
	"organisation": true, "branch": true, "rule": true, "method": true, "view": true, "words": true, // of the report itself
	"mean.sentence": true, "change.sentence": true, "comparisons.sentence": true, "target.why": true, "target.sentence": true,
	"checklist.title": true, "other_checklists.title": true, "sections.title": true, "touchpoints.title": true, "needs.title": true,
	"standards.kind": true, "standards.text": true, "standards.sentence": true, "grid.sentence": true, "coverage.sentence": true,
}

var notReckonedOfAPoint = []string{"question", "section", "touchpoint", "need", "standard", "words", "photos"}

func TestEveryFigureOfAThousandRandomReportsIsThatOfAnotherProgram(t *testing.T) {
	p := newProgramme(t)
	p.reports.Clock = func() time.Time { return drawnNow }
	shopper := p.user("Olga", account.Shopper)
	for _, field := range notReckonedOfAPoint {
		notReckoned["strengths."+field], notReckoned["to_work_on."+field] = true, true
	}
	programmes := make([]*drawnProgramme, drawnProgrammes)
	var lines bytes.Buffer
	for i := range programmes {
		programmes[i] = drawProgramme(t, i, reportsOfEach)
		require.NoError(t, json.NewEncoder(&lines).Encode(programmes[i]))
	}
	reckoned := startReckoning(t, &lines)
	for _, programme := range programmes {
		p.write(func(ctx context.Context, tx bun.Tx) error { return programme.insert(ctx, tx, shopper) })
	}
	ours := make([][]map[string]any, len(programmes))
	for i, programme := range programmes {
		for _, asked := range programme.Reports {
			ours[i] = append(ours[i], p.reported(asked))
		}
		p.addQuestions(programme.Reports[0], ours[i][0])
	}
	theirs := reckoned()
	require.Len(t, theirs, len(ours))
	requireEveryWord(t, theirs)
	for i, programme := range programmes {
		for j, asked := range programme.Reports {
			if j > 0 {
				delete(theirs[i][j], "questions")
			}
			for _, difference := range differences("", theirs[i][j], ours[i][j]) {
				t.Errorf("programme %d, %s: %s", programme.seed, asked, difference)
			}
			if t.Failed() {
				t.FailNow() // one report's differences are enough to read
			}
		}
	}
}

// requireEveryWord requires that what was drawn leads to every method, verdict and standing.
func requireEveryWord(t *testing.T, theirs [][]map[string]any) {
	said := map[string]bool{}
	say := func(place string, fields any, name string) {
		if fields, ok := fields.(map[string]any); ok {
			said[fmt.Sprint(place, " ", fields[name])] = true
		}
	}
	for _, r := range slices.Concat(theirs...) {
		say("refused", r, "refused")
		say("method", r["mean"], "method")
		say("change", r["change"], "verdict")
		say("standing", r["target"], "standing")
		comparisons, _ := r["comparisons"].([]any)
		for _, c := range comparisons {
			say("comparison", c, "verdict")
		}
	}
	for name, words := range map[string][]string{
		"refused": {"checklist"}, "method": {IntervalNone, IntervalPooled, IntervalOwn},
		"change":     {ChangeHigher, ChangeLower, ChangeNone, ChangeCannotBeTold},
		"comparison": {Above, Below, Overlaps, CannotTell},
		"standing":   {TargetReached, TargetOnTheWay, TargetMissed, TargetCannotBeTold},
	} {
		for _, word := range words {
			require.True(t, said[name+" "+word], "no random report has the %s %q: draw others", name, word)
		}
	}
}

// startReckoning starts the other program and gives what waits for its reports, one list for each programme.
func startReckoning(t *testing.T, programmes *bytes.Buffer) func() [][]map[string]any {
	python := exec.CommandContext(t.Context(), "python3", "-B", "testdata/reckoning/report.py")
	var out, complaints bytes.Buffer
	python.Stdin, python.Stdout, python.Stderr = programmes, &out, &complaints
	if err := python.Start(); err != nil {
		t.Fatalf("Python 3.9 or later reckons the figures a second time, and it does not start (%v): install the Debian package python3", err)
	}
	return func() (reports [][]map[string]any) {
		err := python.Wait()
		require.NoError(t, err, "%s\nIt needs Python 3.9 or later and the time zones of the system: install the Debian packages python3 and tzdata.", &complaints)
		for decoder := json.NewDecoder(&out); decoder.More(); {
			var list []map[string]any
			require.NoError(t, decoder.Decode(&list))
			reports = append(reports, list)
		}
		return reports
	}
}

// reported is our report as its JSON, or the parameter that was refused.
func (p *programme) reported(asked drawnRequest) (fields map[string]any) {
	period := Period{From: asked.From, To: asked.To}
	r, err := p.reports.BranchReport(context.Background(), aCoordinator, asked.Branch, period, asked.Checklist)
	var invalid *fault.Invalid
	if errors.As(err, &invalid) {
		return map[string]any{"refused": invalid.Faults[0].Pointer}
	}
	require.NoError(p.t, err)
	document, err := json.Marshal(r)
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal(document, &fields))
	return fields
}

// addQuestions adds to a report the figures of every question, of which it shows those of the points that it chose.
func (p *programme) addQuestions(asked drawnRequest, report map[string]any) {
	if report["refused"] != nil {
		return
	}
	questions := []any{}
	defer func() { report["questions"] = questions }()
	var found branchFindings
	err := p.db.Read().RunInTx(context.Background(), oneSnapshot, func(ctx context.Context, tx bun.Tx) (err error) {
		found, err = p.reports.find(ctx, tx, aCoordinator, asked.Branch, Period{From: asked.From, To: asked.To}, asked.Checklist)
		return err
	})
	require.NoError(p.t, err)
	r, err := p.reports.assemble(context.Background(), aCoordinator, found)
	require.NoError(p.t, err)
	if r.Checklist == nil {
		return
	}
	var versions []*Version
	for _, number := range r.Checklist.Versions {
		v, err := p.reports.Checklists.Version(context.Background(), r.Checklist.ID, number)
		require.NoError(p.t, err)
		versions = append(versions, v)
	}
	for _, f := range questionsOf(versions, found.visits) {
		share, _ := f.mean().Float64()
		figures := map[string]any{"question_id": f.ID, "n": float64(f.n), "share": share, "failed": float64(f.failed)}
		if r.Mean.N > 0 {
			figures["cost"], _ = new(big.Rat).Quo(f.cost, big.NewRat(int64(r.Mean.N), 1)).Float64()
		}
		questions = append(questions, figures)
	}
}

// differences lists where two JSON values differ, each with its place and both values. place is a path without indexes.
func differences(place string, theirs, ours any) (found []string) {
	differ := func() []string { return []string{fmt.Sprintf("%s is %v, reckoned %v", place, ours, theirs)} }
	switch theirs := theirs.(type) {
	case map[string]any:
		ours, same := ours.(map[string]any)
		if !same {
			return differ()
		}
		names := map[string]bool{}
		for name := range maps.Keys(theirs) {
			names[name] = true
		}
		for name := range maps.Keys(ours) {
			names[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if inner := strings.TrimPrefix(place+"."+name, "."); !notReckoned[inner] {
				found = append(found, differences(inner, theirs[name], ours[name])...)
			}
		}
	case []any:
		ours, same := ours.([]any)
		if !same || len(ours) != len(theirs) {
			return differ()
		}
		for i := range theirs {
			found = append(found, differences(place, theirs[i], ours[i])...)
		}
	case float64:
		if ours, same := ours.(float64); !same || math.Abs(ours-theirs) > sameFigure {
			return differ()
		}
	default:
		if ours != theirs {
			return differ()
		}
	}
	return found
}
