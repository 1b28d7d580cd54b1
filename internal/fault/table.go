package fault

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
)

// Table is a CSV file with a header, read whole, each cell found by its column's name.
type Table struct {
	Rows   []Row
	Faults []Fault // of the lines that are no rows; with any, nothing may be imported
}

// Row is a line of a table. A row that spans several lines has the number of its first.
type Row struct {
	Line  int
	Cells map[string]string // by column; one that the file does not have is empty
}

// ReadTable reads a CSV file (UTF-8, comma or semicolon, with or without a byte-order mark) of at most so many rows.
// Columns may come in any order; unknown ones and missing ones that are required are refused by name.
func ReadTable(file []byte, most int, required, optional []string) (Table, error) {
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if err := unkeepable(file); err != nil {
		return Table{}, err
	}
	reader := csv.NewReader(bytes.NewReader(file))
	reader.FieldsPerRecord = -1 // a line with too few or too many is named with the other faults
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		reader.Comma = ';'
	}
	return TableOf(func() ([]string, int, error) {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil, 0, err
		} else if err != nil {
			return nil, 0, csvFault(err)
		}
		line, _ := reader.FieldPos(0)
		return cells, line, nil
	}, most, required, optional)
}

// TableOf makes a table of the lines that next gives, each with its number, until io.EOF: the first names the columns.
func TableOf(next func() (cells []string, line int, err error), most int, required, optional []string) (Table, error) {
	var t Table
	header, _, err := next()
	if errors.Is(err, io.EOF) {
		return t, Of([]Fault{{Line: 1, Detail: "the file is empty: the first line names the columns " + strings.Join(required, ", ")}})
	}
	if err != nil {
		return t, err
	}
	var columns []string
	var faults []Fault
	refuse := func(detail string) { faults = append(faults, Fault{Line: 1, Detail: detail}) }
	for _, c := range header {
		name := strings.ToLower(strings.TrimSpace(c))
		switch {
		case slices.Contains(columns, name):
			refuse(fmt.Sprintf("the column %q stands twice", name))
		case !slices.Contains(required, name) && !slices.Contains(optional, name):
			refuse(fmt.Sprintf("the column %q is not known: use %s", name, strings.Join(append(slices.Clone(required), optional...), ", ")))
		}
		columns = append(columns, name)
	}
	for _, name := range required {
		if !slices.Contains(columns, name) {
			refuse(fmt.Sprintf("the column %q is missing", name))
		}
	}
	if len(faults) > 0 {
		return t, Of(faults)
	}
	for {
		cells, line, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, err
		}
		if len(t.Rows)+len(t.Faults) == most {
			return t, Of([]Fault{{Detail: fmt.Sprintf("the file has more than %d lines: import it in parts", most)}})
		}
		if len(cells) != len(columns) {
			t.Faults = append(t.Faults, Fault{Line: line, Detail: fmt.Sprintf("has %d cells; the first line has %d columns", len(cells), len(columns))})
			continue
		}
		row := Row{Line: line, Cells: map[string]string{}}
		for i, cell := range cells {
			row.Cells[columns[i]] = strings.TrimSpace(cell)
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows)+len(t.Faults) == 0 {
		return t, Of([]Fault{{Line: 2, Detail: "the file names columns but has no line below them"}})
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
			return Of([]Fault{{Line: line, Detail: "is not UTF-8: save the file as CSV in UTF-8"}})
		case bytes.IndexByte(text, 0) >= 0:
			return Of([]Fault{{Line: line, Detail: "holds the character U+0000, which cannot be kept"}})
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
	return Of([]Fault{{Line: line, Detail: what}})
}

// ByLine puts faults in the order of their lines.
func ByLine(faults []Fault) []Fault {
	return slices.SortedStableFunc(slices.Values(faults), func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
}

// InLine gives faults their line; the pointer becomes the column's name.
func InLine(line int, faults []Fault) []Fault {
	for i := range faults {
		faults[i].Line, faults[i].Pointer = line, strings.TrimPrefix(faults[i].Pointer, "/")
	}
	return faults
}
