package pdf

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
	"fieldcare/scheduling"
)

func branch(t testing.TB, r evaluation.BranchReport) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, Branch(&document, r))
	return document.Bytes()
}

func visit(t testing.TB, r evaluation.EvaluationReport) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, Evaluation(&document, r))
	return document.Bytes()
}

// run runs a tool on a document and gives what it wrote. A warning is a failure.
func run(t testing.TB, document []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("%s is missing: install the Debian packages poppler-utils and qpdf", tool)
	}
	path := filepath.Join(t.TempDir(), "document.pdf")
	require.NoError(t, os.WriteFile(path, document, 0o600))
	for i, arg := range args {
		if arg == "FILE" {
			args[i] = path
		}
	}
	command := exec.Command(tool, args...)
	var out, warnings bytes.Buffer
	command.Stdout, command.Stderr = &out, &warnings
	require.NoError(t, command.Run(), "%s: %s", tool, warnings.String())
	require.Empty(t, warnings.String(), tool)
	return out.String()
}

func textOf(t testing.TB, document []byte) string {
	return strings.Join(strings.Fields(run(t, document, "pdftotext", "-raw", "FILE", "-")), " ")
}

type word struct {
	left, top, right, bottom float64 // in millimetres
	text                     string
}

// wordsOf gives the words of each page with where they stand.
func wordsOf(t testing.TB, document []byte) (pages [][]word) {
	for line := range strings.Lines(run(t, document, "pdftotext", "-bbox", "FILE", "-")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "<page ") {
			pages = append(pages, nil)
		}
		if !strings.HasPrefix(line, "<word ") {
			continue
		}
		// <word xMin="1.0" yMin="2.0" xMax="3.0" yMax="4.0">text</word>
		parts := strings.SplitN(line, `"`, 9)
		var at [4]float64
		for i := range at {
			points, err := strconv.ParseFloat(parts[2*i+1], 64)
			require.NoError(t, err)
			at[i] = points / 72 * 25.4
		}
		text := strings.TrimSuffix(strings.TrimPrefix(parts[8], ">"), "</word>")
		pages[len(pages)-1] = append(pages[len(pages)-1], word{at[0], at[1], at[2], at[3], text})
	}
	return pages
}

// requireTidy asks that no word stands outside the margins or on another one.
func requireTidy(t testing.TB, document []byte) {
	t.Helper()
	const slack, tallest = 0.1, 25.0
	for number, words := range wordsOf(t, document) {
		require.NotEmpty(t, words)
		slices.SortFunc(words, func(a, b word) int { return cmp.Compare(a.top, b.top) })
		for i, w := range words {
			if w.left < left-slack || w.right > right+slack || w.top < 7 || w.bottom > pageHeight-10 {
				t.Fatalf("page %d: %+v is outside the margins", number+1, w)
			}
			for j := i - 1; j >= 0 && words[j].top > w.top-tallest; j-- {
				other := words[j]
				across := min(w.right, other.right) - max(w.left, other.left)
				down := min(w.bottom, other.bottom) - max(w.top, other.top)
				if across > slack && down > 5*slack {
					t.Fatalf("page %d: %+v overlaps %+v", number+1, w, other)
				}
			}
		}
	}
}

// eachDocument draws every combination that the reports are judged by.
func eachDocument(t *testing.T, do func(t *testing.T, document []byte)) {
	for _, n := range []int{0, 1, 2, 3, 14, 200} {
		for name, report := range map[string]func(int) evaluation.BranchReport{"plain": sample, "crowded": crowded} {
			t.Run(fmt.Sprint(n, " visits, ", name), func(t *testing.T) {
				t.Parallel()
				do(t, branch(t, report(n)))
			})
		}
	}
	for name, document := range map[string][]byte{
		"a group of 8 with 12 findings": groupReport(t, group(8, 12)), "a group of nobody": groupReport(t, group(0, 0)), "a group of 30, crowded": groupReport(t, crowdedGroup(30, 12)), "a group of nothing": groupReport(t, scheduling.FocusGroupReport{}),
		"a sheet for nobody": daySheet(t, sheet(0)), "a sheet for 8": daySheet(t, sheet(8)), "a sheet for 12, crowded": daySheet(t, crowdedSheet(12)), "a sheet for 30": daySheet(t, sheet(30)), "a sheet of nothing": daySheet(t, scheduling.DaySheet{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(t, document)
		})
	}
	long := visited(100, 0)
	for i := range long.Sections {
		long.Sections[i].Answers = long.Sections[i].Answers[:3]
	}
	for name, report := range map[string]evaluation.EvaluationReport{
		"one visit without photos": visited(1, 0), "one visit with a photo": visited(4, 1), "one visit with twelve": visited(6, 12), "one visit, crowded": crowdedVisit(),
		"one visit of nothing": {}, "one visit of 100 sections and 300 questions": long,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(t, visit(t, report))
		})
	}
}

func TestEveryReportIsSoundAndTidy(t *testing.T) {
	eachDocument(t, func(t *testing.T, document []byte) {
		run(t, document, "qpdf", "--check", "FILE")
		requireTidy(t, document)
	})
}

func TestEveryPageSaysWhatItIsAPageOf(t *testing.T) {
	pages := wordsOf(t, branch(t, sample(200)))
	require.Greater(t, len(pages), 4)
	for i, words := range pages {
		var text []string
		for _, w := range words {
			text = append(text, w.text)
		}
		page := strings.Join(text, " ")
		require.Contains(t, page, fmt.Sprintf("page %d of %d", i+1, len(pages)))
		require.Contains(t, page, "Warsaw Old Town")
		require.Contains(t, page, "1 January – 31 March 2026")
	}
}

func TestADocumentSaysItsTitleAndLanguageAndHasBookmarks(t *testing.T) {
	r := crowded(3)
	r.Organisation.Language = "pl"
	document := branch(t, r)
	require.Contains(t, run(t, document, "pdfinfo", "FILE"), "Zażółć gęślą jaźń – Ελληνικά")
	require.Contains(t, run(t, document, "pdfinfo", "-meta", "FILE"), "<rdf:li>pl</rdf:li>")
	require.Contains(t, run(t, document, "qpdf", "--qdf", "FILE", "-"), "/Lang (pl)")
	outlines := run(t, document, "qpdf", "--json", "--json-key=outlines", "FILE")
	for _, bookmark := range []string{"Visits over time", "Scores", "By section", "In comparison", "How this was made"} {
		require.Contains(t, outlines, bookmark)
	}
	require.Regexp(t, `(?s)"kids": \[\s*\{`, outlines, "two levels")
	for _, odd := range []string{"", "no language (", "x\x00", "\xff", "english"} {
		require.Equal(t, "en", languageOf(odd), "%q", odd)
	}
}

func TestTheFirstPageLeadsToTheParts(t *testing.T) {
	plain := run(t, branch(t, sample(14)), "qpdf", "--qdf", "FILE", "-")
	require.Equal(t, 13, strings.Count(plain, "/Subtype /Link"))
	plain = run(t, visit(t, visited(6, 0)), "qpdf", "--qdf", "FILE", "-")
	require.Equal(t, 6, strings.Count(plain, "/Subtype /Link"))
}

func TestADocumentTellsNoTimeNoNameAndNoId(t *testing.T) {
	for _, document := range [][]byte{branch(t, sample(3)), visit(t, visited(6, 12))} {
		require.NotContains(t, run(t, document, "pdfinfo", "FILE"), "Date")
		plain := run(t, document, "qpdf", "--qdf", "--object-streams=disable", "--no-original-object-ids", "--static-id", "FILE", "-")
		for _, trace := range []string{"CreationDate", "ModDate", "D:20", "xmp:", "InstanceID", "DocumentID", "/Author", "/Filespec", ".jpg", ".pdf", "00000000-0000-4000"} {
			require.NotContains(t, plain, trace)
		}
		require.NotContains(t, string(document), "/ID")
	}
}

func TestTheSameReportGivesTheSameBytes(t *testing.T) {
	regular := bytes.Clone(liberationsansregular.TTF)
	r, v := crowded(14), crowdedVisit()
	expected, expectedVisit := branch(t, r), visit(t, v)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			var document, other bytes.Buffer
			if Branch(&document, r) != nil || Evaluation(&other, v) != nil {
				t.Error("a report failed")
			}
			if !bytes.Equal(expected, document.Bytes()) || !bytes.Equal(expectedVisit, other.Bytes()) {
				t.Error("other bytes")
			}
		})
	}
	all.Wait()
	require.NotEqual(t, expected, branch(t, crowded(15)))
	require.True(t, bytes.Equal(regular, liberationsansregular.TTF), "the font was changed in place")
}

func TestADocumentIsSmall(t *testing.T) {
	require.Less(t, len(branch(t, sample(1))), 80<<10)
	r := sample(3)
	r.Strengths[1].Photos = nil
	r.ToWorkOn[0].Photos = nil
	require.Less(t, len(branch(t, r)), 90<<10)
}

func TestADocumentThatPanicsIsAnErrorAndWritesNothing(t *testing.T) {
	var out bytes.Buffer
	err := draw(&out, about{}, func(*document) { panic("no such glyph") })
	require.EqualError(t, err, "pdf: no such glyph")
	require.Zero(t, out.Len())
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestADocumentThatCannotBeWrittenIsAnError(t *testing.T) {
	require.ErrorContains(t, Branch(fullDisk{}, sample(1)), "no space left")
	require.ErrorContains(t, Evaluation(fullDisk{}, visited(1, 0)), "no space left")
}
