package scheduling

import (
	"context"
	"encoding/csv"
	"io"
	"strings"

	"github.com/uptrace/bun"
	"github.com/xuri/excelize/v2"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

const (
	participantsATime = 1000
	mostExported      = 200_000
)

// WriteCSV writes the panel, as far as the filter leaves it, as a CSV file (RFC 4180; UTF-8 with a byte-order mark), whose
// columns are those of an import. No cell is a formula. The audit trail notes who took how many; needs are never in it.
// The filter's limit and cursor say nothing here.
func (s *Participants) WriteCSV(ctx context.Context, w io.Writer, by account.User, f ParticipantFilter) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	table.UseCRLF = true
	err := s.export(ctx, by, f, func(cells []string) error {
		for i := range cells {
			cells[i] = writtenCell(cells[i])
		}
		return table.Write(cells)
	})
	if err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

// WriteXLSX writes the same as an XLSX file, in which every cell is a text.
func (s *Participants) WriteXLSX(ctx context.Context, w io.Writer, by account.User, f ParticipantFilter) error {
	book := excelize.NewFile()
	defer book.Close()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	line := 0
	err = s.export(ctx, by, f, func(cells []string) error {
		line++
		row := make([]any, len(cells))
		for i := range cells {
			row[i] = cells[i]
		}
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return sheet.SetRow(at, row)
	})
	if err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return book.Write(w)
}

// export gives the lines of the panel, the columns first, and notes that it was taken.
func (s *Participants) export(ctx context.Context, by account.User, f ParticipantFilter, write func([]string) error) error {
	attributes, err := allAttributes(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	head := append([]string{}, panelColumns...)
	for _, a := range attributes {
		head = append(head, a.Name)
	}
	if err := write(head); err != nil {
		return err
	}
	n := 0
	for f.Limit, f.Cursor = participantsATime, ""; ; {
		rows, err := listParticipants(ctx, s.DB.Read(), by, f)
		if err != nil {
			return err
		}
		page := database.Paged(rows, f.Limit, func(p participantRow) []any { return []any{p.ID} })
		if n += len(page.Items); n > mostExported {
			return fault.At("search", "leaves more than %d participants, as many as one file takes: filter them, and export them in parts", mostExported)
		}
		for i := range page.Items {
			if err := write(page.Items[i].cells(attributes)); err != nil {
				return err
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "export", Kind: "participants", Subjects: n})
	})
}

func (r *participantRow) cells(attributes []Attribute) []string {
	cells := []string{r.Name, r.Email, r.Phone, r.Language, r.Zone, r.Household, r.Employer, r.Notes, strings.Join(r.Tags, "; "), yesNo(r.DoNotContact)}
	for _, a := range attributes {
		cells = append(cells, r.Attributes[a.ID.String()])
	}
	return cells
}
