package pdf

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jung-kurt/gofpdf"
	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
)

// plainText writes three pages of text in one of the fonts that every reader has, as a library does it.
func plainText(w io.Writer) error {
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetFont("Helvetica", "", 9.5)
	const pages, lines = 3, 52
	for range pages {
		f.AddPage()
		for i := range lines {
			f.Text(20, 27+float64(i)*4.7, "Only approved visits are counted. The average is the mean of the visits' scores; each visit counts the same.")
		}
	}
	return f.Output(w)
}

// threePages is a report with every chart that fills three pages, without a photo.
func threePages() evaluation.BranchReport {
	r := sample(10)
	r.Needs, r.Touchpoints, r.OtherChecklists, r.Words, r.Organisation.CarePolicy, r.Organisation.CareChampion = nil, nil, nil, nil, "", ""
	r.Strengths, r.ToWorkOn = r.Strengths[:1], r.ToWorkOn[1:]
	r.Standards, r.Rule = r.Standards[:2], ""
	r.Visits, r.Strengths[0].Words, r.Coverage = r.Visits[:4], nil, nil
	return r
}

// withPhotos is the same with twelve photos of the size that is stored.
func withPhotos() evaluation.BranchReport {
	r := threePages()
	for i := range 12 {
		r.ToWorkOn[0].Photos = append(r.ToWorkOn[0].Photos, evaluation.ReportPhoto{Day: "2026-01-02", Question: "The queue", JPEG: picturesque(i, 2048, 1536)})
	}
	return r
}

func TestTheMeasuredReportHasThreePages(t *testing.T) {
	require.Equal(t, 3, len(wordsOf(t, branch(t, threePages()))))
}

// held is how much memory is in use at the moment when a document is written out, which is when most is.
type held struct {
	before int64
	bytes  int64
	size   int
}

func (h *held) Write(p []byte) (int, error) {
	h.bytes, h.size = max(inUse()-h.before, 0), len(p)
	return len(p), nil
}

func inUse() int64 {
	runtime.GC()
	runtime.GC() // what pools keep is let go at the second time
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkDocuments compares the time of a three-page report with charts to that of three pages of plain text, taking
// turns in one run, and says how much memory a document takes. It prints, and judges nothing.
func BenchmarkDocuments(b *testing.B) {
	report, photos, one := threePages(), withPhotos(), visited(6, 12)
	kinds := []struct {
		name string
		draw func(io.Writer) error
	}{
		{"three pages of plain text, core font", plainText},
		{"branch report, three pages with charts", func(w io.Writer) error { return Branch(w, report) }},
		{"the same with twelve photos", func(w io.Writer) error { return Branch(w, photos) }},
		{"visit report, 54 answers, twelve photos", func(w io.Writer) error { return Evaluation(w, one) }},
	}
	const rounds, each = 41, 5
	for b.Loop() {
		took := make([][]time.Duration, len(kinds))
		for range rounds {
			for i, kind := range kinds {
				began := time.Now()
				for range each {
					var document bytes.Buffer
					require.NoError(b, kind.draw(&document))
				}
				took[i] = append(took[i], time.Since(began)/each)
			}
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, strings.Join([]string{"document", "median", "ratio", "file", "allocated", "held at most"}, "\t"))
		for i, kind := range kinds {
			var m, n runtime.MemStats
			runtime.ReadMemStats(&m)
			require.NoError(b, kind.draw(io.Discard))
			runtime.ReadMemStats(&n)
			h := held{before: inUse()}
			require.NoError(b, kind.draw(&h))
			fmt.Fprintf(table, "%s\t%v\t%.2f\t%d kB\t%d kB\t%d kB\n", kind.name, median(took[i]).Round(time.Microsecond),
				float64(median(took[i]))/float64(median(took[0])), h.size>>10, (n.TotalAlloc-m.TotalAlloc)>>10, h.bytes>>10)
		}
		require.NoError(b, table.Flush())
		b.ReportMetric(float64(median(took[1]))/float64(median(took[0])), "x-plain-text")
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
