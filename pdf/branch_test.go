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

	"github.com/go-fonts/liberation/liberationsansbold"
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
	return strings.Join(strings.Fields(run(t, document, "pdftotext", "-layout", "FILE", "-")), " ")
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

func requireTidy(t testing.TB, document []byte) {
	t.Helper()
	const slack = 0.1
	for number, words := range wordsOf(t, document) {
		require.NotEmpty(t, words)
		for i, w := range words {
			require.True(t, w.left >= left-slack && w.right <= right+slack && w.top >= 10 && w.bottom <= pageHeight-10,
				"page %d: %+v is outside the margins", number+1, w)
			for _, other := range words[:i] {
				across := min(w.right, other.right) - max(w.left, other.left)
				down := min(w.bottom, other.bottom) - max(w.top, other.top)
				require.False(t, across > slack && down > 4*slack, "page %d: %+v overlaps %+v", number+1, w, other)
			}
		}
	}
}

func TestEveryReportIsSoundAndTidy(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 14, 200} {
		for name, report := range map[string]evaluation.BranchReport{"plain": sample(n), "crowded": crowded(n)} {
			t.Run(fmt.Sprint(n, " visits, ", name), func(t *testing.T) {
				document := branch(t, report)
				run(t, document, "qpdf", "--check", "FILE")
				requireTidy(t, document)
			})
		}
	}
}

func TestAReportSaysWhatItHas(t *testing.T) {
	r := sample(3)
	text := textOf(t, branch(t, r))
	for _, words := range []string{r.Organisation.Name, "Warsaw Old Town", "WAW-01 · ul. Piwna 12, 00-265 Warszawa · Mazovia", "1 January – 31 March 2026",
		"Branch visit, full journey", r.Mean.Shown + "%", r.Mean.Band, "3 visits scored", "Outside and entrance", r.Sections[0].Shown + "%",
		"Mon 5 Jan 2026", "before 12", r.Visits[2].Score.Shown + "%", "passed", "Telephone check (approved visits: 2, and 1 without a score)", "each visit counts the same"} {
		require.Contains(t, text, words)
	}
	require.Regexp(t, `n ?= ?3`, text)
}

func TestBelowThreeVisitsThereIsNoAverage(t *testing.T) {
	for n, says := range []string{"There is no approved visit in this period.", "One visit scored", "Two visits scored"} {
		text := textOf(t, branch(t, sample(n)))
		require.Contains(t, text, says)
		require.NotContains(t, text, "Average score")
		require.NotContains(t, text, "on average")
	}
}

func TestPolishGreekAndCyrillicAreRight(t *testing.T) {
	r := sample(3)
	r.Branch.Name, r.Organisation.Name, r.Sections[0].Title = "Zażółć gęślą jaźń", "Ελληνικά", "Кириллица"
	r.Branch.Address = "Za\u0301z\u0307o\u0301l" // decomposed, as some systems send it
	text := textOf(t, branch(t, r))
	for _, words := range []string{"Zażółć gęślą jaźń", "Ελληνικά", "Кириллица", "Záżól"} {
		require.Contains(t, text, words)
	}
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
	document := branch(t, crowded(3))
	require.Contains(t, run(t, document, "pdfinfo", "FILE"), "Zażółć gęślą jaźń – Ελληνικά")
	require.Contains(t, run(t, document, "pdfinfo", "-meta", "FILE"), "<rdf:li>en</rdf:li>")
	catalogue := run(t, document, "qpdf", "--show-object=trailer", "FILE")
	root := regexp.MustCompile(`/Root (\d+ \d+) R`).FindStringSubmatch(catalogue)
	require.Contains(t, run(t, document, "qpdf", "--show-object="+strings.ReplaceAll(root[1], " ", ","), "FILE"), "/Lang (en)")
	outlines := run(t, document, "qpdf", "--json", "--json-key=outlines", "FILE")
	for _, bookmark := range []string{"Scores by section", "Visits", "How these figures are made"} {
		require.Contains(t, outlines, bookmark)
	}
}

func TestADocumentTellsNoTime(t *testing.T) {
	document := branch(t, sample(3))
	require.NotContains(t, run(t, document, "pdfinfo", "FILE"), "Date")
	plain := run(t, document, "qpdf", "--qdf", "--object-streams=disable", "FILE", "-")
	for _, date := range []string{"CreationDate", "ModDate", "D:20", "xmp:", "InstanceID", "DocumentID"} {
		require.NotContains(t, plain, date)
	}
}

func TestTheSameReportGivesTheSameBytes(t *testing.T) {
	regular, bold := bytes.Clone(liberationsansregular.TTF), bytes.Clone(liberationsansbold.TTF)
	expected := branch(t, crowded(14))
	documents := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range documents {
		all.Go(func() {
			var document bytes.Buffer
			if err := Branch(&document, crowded(14)); err == nil {
				documents[i] = document.Bytes()
			}
		})
	}
	all.Wait()
	for _, document := range documents {
		require.True(t, bytes.Equal(expected, document))
	}
	require.NotEqual(t, expected, branch(t, crowded(15)))
	require.True(t, bytes.Equal(regular, liberationsansregular.TTF), "the font was changed in place")
	require.True(t, bytes.Equal(bold, liberationsansbold.TTF), "the font was changed in place")
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
}

// withText is a report that has this text wherever a user can put one.
func withText(text string) evaluation.BranchReport {
	r := sample(3)
	r.Organisation.Name, r.Checklist.Title, r.OtherChecklists[0].Title = text, text, text
	r.Branch.Name, r.Branch.Code, r.Branch.Address, r.Branch.Region = text, text, text, text
	for i := range r.Sections {
		r.Sections[i].Title = text
	}
	for i := range r.Bands {
		r.Bands[i].Name = text
	}
	for i := range r.Visits {
		r.Visits[i].Band = text
	}
	r.Mean.Band = text
	return r
}

var awkward = []string{"", " ", "\x00", "\xff\xfe", "☕👍🏽👨‍👩‍👧 café", "line\nbreak\r\n\ttab", "(parentheses) \\ and \\) backslash", "%PDF-1.7 endstream endobj startxref",
	"{nb} {np} <b>&amp;</b> ]]>", "שלום עולם", "مرحبا", "日本語のテキスト", "\u202eoverride", "a\u0301\u0301\u0301\u0301", "\ufeffmark", "\uffff\ufffe\U0010ffff", "ℌ ﬁ ½ ™ ✓ \u2011",
	"čĊ\u010d\u0d0a\u0a0d", "(D:20000101000000) /Type /Catalog\n/Root 1 0 R", strings.Repeat("W", 5000), strings.Repeat("word ", 3000), strings.Repeat("\u00a0", 400), "1\u2028 2\u2029 3\u0085 4"}

func TestNoTextMakesAReportFail(t *testing.T) {
	for _, text := range awkward {
		t.Run(fmt.Sprintf("%.20q", text), func(t *testing.T) {
			document := branch(t, withText(text))
			run(t, document, "qpdf", "--check", "FILE")
			requireTidy(t, document)
		})
	}
}

func FuzzText(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		document := branch(t, withText(text))
		require.True(t, bytes.HasPrefix(document, []byte("%PDF-1.7\n")))
		require.True(t, bytes.HasSuffix(document, []byte("%%EOF\n")))
	})
}
