package evaluation

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"fieldcare/internal/fault"
)

// maxImportLines bounds one import, which is one transaction.
const maxImportLines = 10_000

// table is a CSV file with a header, read whole, each cell found by its column's name.
type table struct {
	columns []string
	rows    []tableRow
	faults  []fault.Fault // of the lines that are no rows; with any, nothing may be imported
}

type tableRow struct {
	line  int
	cells map[string]string
}

// readTable reads a CSV file (UTF-8, comma or semicolon, with or without a byte-order mark).
// Columns may come in any order; unknown ones and missing ones that are required are refused by name.
func readTable(file []byte, required, optional []string) (table, error) {
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if err := unkeepable(file); err != nil {
		return table{}, err
	}
	reader := csv.NewReader(bytes.NewReader(file))
	reader.FieldsPerRecord = -1 // a line with too few or too many is named with the other faults
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		reader.Comma = ';'
	}
	var t table
	columns, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return t, fault.Of([]fault.Fault{{Line: 1, Detail: "the file is empty: the first line names the columns " + strings.Join(required, ", ")}})
	}
	if err != nil {
		return t, csvFault(err)
	}
	var faults []fault.Fault
	refuse := func(detail string) { faults = append(faults, fault.Fault{Line: 1, Detail: detail}) }
	for _, c := range columns {
		name := strings.ToLower(strings.TrimSpace(c))
		switch {
		case slices.Contains(t.columns, name):
			refuse(fmt.Sprintf("the column %q stands twice", name))
		case !slices.Contains(required, name) && !slices.Contains(optional, name):
			refuse(fmt.Sprintf("the column %q is not known: use %s", name, strings.Join(append(slices.Clone(required), optional...), ", ")))
		}
		t.columns = append(t.columns, name)
	}
	for _, name := range required {
		if !slices.Contains(t.columns, name) {
			refuse(fmt.Sprintf("the column %q is missing", name))
		}
	}
	if len(faults) > 0 {
		return t, fault.Of(faults)
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, csvFault(err)
		}
		if len(t.rows)+len(t.faults) == maxImportLines {
			return t, fault.Of([]fault.Fault{{Detail: fmt.Sprintf("the file has more than %d lines: import it in parts", maxImportLines)}})
		}
		line, _ := reader.FieldPos(0)
		if len(cells) != len(t.columns) {
			t.faults = append(t.faults, fault.Fault{Line: line, Detail: fmt.Sprintf("has %d cells; the first line has %d columns", len(cells), len(t.columns))})
			continue
		}
		row := tableRow{line: line, cells: map[string]string{}}
		for i, cell := range cells {
			row.cells[t.columns[i]] = strings.TrimSpace(cell)
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows)+len(t.faults) == 0 {
		return t, fault.Of([]fault.Fault{{Line: 2, Detail: "the file names columns but has no line below them"}})
	}
	return t, nil
}

// unkeepable refuses what no text in a database may hold, and names the first line that does.
func unkeepable(file []byte) error {
	line := 0
	for text := range bytes.Lines(file) {
		line++
		switch {
		case !utf8.Valid(text):
			return fault.Of([]fault.Fault{{Line: line, Detail: "is not UTF-8: save the file as CSV in UTF-8"}})
		case bytes.IndexByte(text, 0) >= 0:
			return fault.Of([]fault.Fault{{Line: line, Detail: "holds the character U+0000, which cannot be kept"}})
		}
	}
	return nil
}

func csvFault(err error) error {
	line, what := 1, "cannot be read as CSV"
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line = parse.StartLine
		if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
			what = `has a quote that is not closed or not doubled: "like ""this"""`
		}
	}
	return fault.Of([]fault.Fault{{Line: line, Detail: what}})
}

// byLine puts faults in the order of their lines.
func byLine(faults []fault.Fault) []fault.Fault {
	return slices.SortedStableFunc(slices.Values(faults), func(a, b fault.Fault) int { return cmp.Compare(a.Line, b.Line) })
}

// inLine gives faults their line; the pointer becomes the column's name.
func inLine(line int, faults []fault.Fault) []fault.Fault {
	for i := range faults {
		faults[i].Line, faults[i].Pointer = line, strings.TrimPrefix(faults[i].Pointer, "/")
	}
	return faults
}
