package scheduling

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// The bounds of a workbook, which is packed: what it may unpack to, and how many columns are looked at.
const (
	mostUnpacked = 64 << 20
	mostColumns  = 200
)

// isWorkbook is true of a file that is packed as XLSX files are.
func isWorkbook(file []byte) bool { return bytes.HasPrefix(file, []byte("PK\x03\x04")) }

// readWorkbook reads the first sheet of an XLSX file as fault.ReadTable reads a CSV file. A cell with a formula is what
// the sheet shows there: nothing is calculated. Lines without anything are left out. It says too whether the workbook counts
// days since 1904, as those do that were begun on old Macs.
func readWorkbook(file []byte, most int, required, optional []string) (t fault.Table, since1904 bool, err error) {
	broken := fault.At("", "cannot be read as an XLSX file: save it again as XLSX, or as CSV in UTF-8")
	defer func() {
		if recover() != nil { // of a library that was given a file by a stranger
			err = broken
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked, RawCellValue: true})
	if err != nil {
		return t, false, broken
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return t, false, broken
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return t, false, broken
	}
	defer rows.Close()
	if set, err := book.GetWorkbookProps(); err == nil && set.Date1904 != nil {
		since1904 = *set.Date1904
	}
	line, columns := 0, 0
	t, err = fault.TableOf(func() ([]string, int, error) {
		for rows.Next() {
			line++
			cells, err := rows.Columns()
			if err != nil {
				return nil, 0, broken
			}
			for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
				cells = cells[:len(cells)-1]
			}
			if len(cells) == 0 {
				continue
			}
			if len(cells) > mostColumns {
				return nil, 0, fault.Of([]fault.Fault{{Line: line, Detail: fmt.Sprintf("has something beyond the column number %d", mostColumns)}})
			}
			for i, cell := range cells {
				if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
					return nil, 0, fault.Of([]fault.Fault{{Line: line, Detail: "holds characters that cannot be kept"}})
				}
				cells[i] = cell
			}
			for len(cells) < columns {
				cells = append(cells, "")
			}
			columns = max(columns, len(cells))
			return cells, line, nil
		}
		if rows.Error() != nil {
			return nil, 0, broken
		}
		return nil, 0, io.EOF
	}, most, required, optional)
	return t, since1904, err
}

// plainNumber writes a number that a workbook keeps as 4.86001002E10 or 0.10000000000000001 as people do. What is none
// stays as it is.
func plainNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n > 1e15 || n < -1e15 || strings.ContainsAny(text, "xXpP_nN") {
		return text
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// dayOf writes a day that a workbook keeps as a number as 2026-11-30. They are counted from 1 January 1900, which is 1, or
// from 1 January 1904, which is 0. What is no such number stays as it is.
func dayOf(text string, since1904 bool) string {
	first, beyond := 1.0, 2_958_466.0 // the day after 31 December 9999
	if since1904 {
		first, beyond = 0, beyond-1462
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= first && n < beyond) {
		return text
	}
	day, err := excelize.ExcelDateToTime(n, since1904)
	if err != nil {
		return text
	}
	return day.Format(time.DateOnly)
}

// writtenCell is a text that no spreadsheet takes for a formula when it opens a CSV file: what begins like one gets an
// apostrophe in front, and so does what would else be mistaken for such a cell.
func writtenCell(text string) string {
	if likeFormula(text) {
		return "'" + text
	}
	return text
}

// readCell takes the apostrophe away that writtenCell put.
func readCell(text string) string {
	if rest, is := strings.CutPrefix(text, "'"); is && likeFormula(rest) {
		return rest
	}
	return text
}

func likeFormula(text string) bool {
	text = strings.TrimLeft(text, "'")
	return text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0])
}

// yes and no are how a table says what is so.
func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// readYesNo reads it; empty is no.
func readYesNo(text string) (is, ok bool) {
	switch database.Fold(text) {
	case "yes":
		return true, true
	case "", "no":
		return false, true
	}
	return false, false
}
