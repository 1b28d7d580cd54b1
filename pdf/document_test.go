package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
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

var (
	bboxPage = regexp.MustCompile(`(?s)<page .*?</page>`)
	bboxWord = regexp.MustCompile(`<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)" yMax="([^"]+)">([^<]*)</word>`)
)

// wordsOf gives the words of each page with where they stand.
func wordsOf(t testing.TB, document []byte) (pages [][]word) {
	for _, page := range bboxPage.FindAllString(run(t, document, "pdftotext", "-bbox", "FILE", "-"), -1) {
		var words []word
		for _, found := range bboxWord.FindAllStringSubmatch(page, -1) {
			var at [4]float64
			for i := range at {
				points, err := strconv.ParseFloat(found[i+1], 64)
				require.NoError(t, err)
				at[i] = points / 72 * 25.4
			}
			words = append(words, word{at[0], at[1], at[2], at[3], found[5]})
		}
		pages = append(pages, words)
	}
	return pages
}

// requireTidy asks that no word stands outside the margins or on another one.
func requireTidy(t testing.TB, document []byte) {
	t.Helper()
	const slack = 0.1
	for number, words := range wordsOf(t, document) {
		require.NotEmpty(t, words)
		for i, w := range words {
			if w.left < left-slack || w.right > right+slack || w.top < 7 || w.bottom > pageHeight-10 {
				t.Fatalf("page %d: %+v is outside the margins", number+1, w)
			}
			for _, other := range words[:i] {
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
	for name, report := range map[string]evaluation.EvaluationReport{
		"one visit without photos": visited(1, 0), "one visit with a photo": visited(4, 1), "one visit with twelve": visited(6, 12), "one visit, crowded": crowdedVisit(),
		"one visit of nothing": {}, "one visit of 100 sections": visited(100, 0),
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
	require.Less(t, len(branch(t, sample(1))), 60<<10)
	r := sample(3)
	r.Strengths[1].Photos = nil
	r.ToWorkOn[0].Photos = nil
	require.Less(t, len(branch(t, r)), 70<<10)
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
