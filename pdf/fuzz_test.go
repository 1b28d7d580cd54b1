package pdf

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
	"fieldcare/scheduling"
)

func parsed(t testing.TB, day string) time.Time {
	t.Helper()
	d, ok := parseDay(day)
	require.True(t, ok)
	return d
}

// write puts a text into every text of a value, wherever it is.
func write(value reflect.Value, text string) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(text)
	case reflect.Pointer:
		if !value.IsNil() {
			write(value.Elem(), text)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				write(value.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			write(value.Index(i), text)
		}
	}
}

func withText(text string) evaluation.BranchReport {
	r := sample(3)
	write(reflect.ValueOf(&r), text)
	return r
}

func visitWithText(text string) evaluation.EvaluationReport {
	r := visited(3, 3)
	write(reflect.ValueOf(&r), text)
	return r
}

func groupWithText(text string) scheduling.FocusGroupReport {
	r := group(5, 5)
	write(reflect.ValueOf(&r), text)
	return r
}

func sheetWithText(text string) scheduling.DaySheet {
	s := sheet(5)
	write(reflect.ValueOf(&s), text)
	return s
}

var awkward = []string{"", " ", "\x00", "\xff\xfe", "☕👍🏽👨‍👩‍👧 café", "line\nbreak\r\n\ttab", "(parentheses) \\ and \\) backslash", "%PDF-1.7 endstream endobj startxref",
	"{nb} {np} <b>&amp;</b> ]]>", "שלום עולם", "مرحبا", "日本語のテキスト", "\u202eoverride", "a\u0301\u0301\u0301\u0301", "\ufeffmark", "\uffff\ufffe\U0010ffff", "ℌ ﬁ ½ ™ ✓ \u2011",
	"(D:20000101000000) /Type /Catalog\n/Root 1 0 R", strings.Repeat("W", 1500), strings.Repeat("word ", 200), strings.Repeat("\u00a0", 400), strings.Repeat("\n", 300), "1\u2028 2\u2029 3\u0085 4",
	"2026-02-30", "NaN", "-1e308", "#ffffff", "failed"}

func TestNoTextMakesAReportFail(t *testing.T) {
	for _, text := range awkward {
		t.Run(fmt.Sprintf("%.20q", text), func(t *testing.T) {
			t.Parallel()
			for _, document := range [][]byte{branch(t, withText(text)), visit(t, visitWithText(text)), groupReport(t, groupWithText(text)), daySheet(t, sheetWithText(text))} {
				run(t, document, "qpdf", "--check", "FILE")
				requireTidy(t, document)
			}
		})
	}
}

func FuzzBranch(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { requireWhole(t, branch(t, withText(text))) })
}

func FuzzEvaluation(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { requireWhole(t, visit(t, visitWithText(text))) })
}

func FuzzFocusGroup(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		requireWhole(t, groupReport(t, groupWithText(text)))
		requireWhole(t, daySheet(t, sheetWithText(text)))
	})
}

func requireWhole(t *testing.T, document []byte) {
	require.True(t, bytes.HasPrefix(document, []byte("%PDF-1.7\n")))
	require.True(t, bytes.HasSuffix(document, []byte("%%EOF\n")))
}

func TestOddNumbersMakeNoReportFail(t *testing.T) {
	r := sample(14)
	for i := range 20 {
		r.Bands = append(r.Bands, evaluation.ScoreBand{From: int64(10000 - i*500), Name: fmt.Sprint("Band ", i)})
	}
	r.Bands = append([]evaluation.ScoreBand{{From: 12000, Name: "Beyond"}, {From: -500, Name: "Below"}}, r.Bands...)
	for i := range 100 {
		r.Sections = append(r.Sections, evaluation.ReportPart{Title: fmt.Sprint("Section ", i), N: i % 3})
	}
	r.Visits[0].Score, r.Visits[1].Day, r.Visits[2].Score.BasisPoints, r.Visits[3].PartOfDay = nil, "tomorrow", 14000, ""
	r.Mean.Low, r.Target.Score, r.Checklist.Versions = nil, -100, nil
	r.Standards[0].N, r.Strengths[0].Answers, r.Strengths[1].N, r.Strengths[1].Share = 0, nil, 0, 2
	r.Grid.Days = r.Grid.Days[:2]
	requireTidy(t, branch(t, r))

	v := visited(3, 0)
	for range 300 {
		v.Sections[1].Answers = append(v.Sections[1].Answers, v.Sections[0].Answers...)
	}
	v.Sections[0].Answers, v.Visit.Score, v.Visit.Bounds, v.Visit.Calculated = nil, nil, &evaluation.Bounds{}, nil
	run(t, visit(t, v), "qpdf", "--check", "FILE")
	requireWhole(t, visit(t, evaluation.EvaluationReport{}))
	requireWhole(t, branch(t, evaluation.BranchReport{}))
}
