package scheduling

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// panelColumns are the columns of every import and export of participants; after them come the attributes, by name.
var panelColumns = []string{"name", "email", "phone", "language", "zone", "household", "employer", "notes", "tags", "do_not_contact"}

func isPanelColumn(name string) bool { return slices.Contains(panelColumns, strings.ToLower(name)) }

const (
	// MaxImportedParticipants bounds one import, which is one transaction.
	MaxImportedParticipants = 10_000

	mostPreviewed = 100
)

// PanelFile is a CSV or XLSX file of participants to be added. Columns: name, and if wanted email, phone, language, zone,
// household, employer, notes, tags (apart by commas or semicolons), do_not_contact (yes or no), and attributes by name.
type PanelFile struct {
	Content            []byte
	Language, Zone     string // of the lines that name none
	LeaveOutDuplicates bool   // lines with the e-mail or phone of somebody on the panel, or of a line before, are left out
}

// panelLines are what a file says.
type panelLines struct {
	PanelFile
	attributes []Attribute
	rows       []participantRow
	lines      []int // of rows
	all        int   // those that are no rows too
	faults     []fault.Fault
	since1904  bool                      // as a workbook can count days
	sameLine   map[int]ImportedDuplicate // by the place in rows: a line before has the same
}

// PanelPreview is what an import would do.
type PanelPreview struct {
	Lines      int                 `json:"lines" doc:"How many lines the file has, without the first"`
	Added      int                 `json:"added" doc:"How many participants the import would add; none while there is a fault"`
	Faults     []fault.Fault       `json:"faults" nullable:"false" doc:"What is wrong, by line; up to 100"`
	Duplicates []ImportedDuplicate `json:"duplicates" nullable:"false" doc:"Lines that are probably somebody else's twice, by line; up to 100"`
	First      []PreviewedLine     `json:"first" nullable:"false" doc:"The first 100 that would be added, as they would be kept"`
}

// PreviewedLine is a participant as an import would keep them.
type PreviewedLine struct {
	Line         int               `json:"line" doc:"The line of the file, counted from 1"`
	Name         string            `json:"name"`
	Email        string            `json:"email" doc:"The e-mail address; empty where there is none"`
	Phone        string            `json:"phone" doc:"The phone number; empty where there is none"`
	Language     string            `json:"language"`
	Zone         string            `json:"zone"`
	Tags         []string          `json:"tags" nullable:"false" doc:"Sorted"`
	Attributes   map[string]string `json:"attributes" doc:"Values by the attribute's id"`
	DoNotContact bool              `json:"do_not_contact" doc:"Whether nothing may be sent to them"`
}

// ImportedDuplicate is a line that is probably somebody who is on the panel, or in a line before.
type ImportedDuplicate struct {
	Line          int        `json:"line" doc:"The line of the file, counted from 1"`
	Same          string     `json:"same" enum:"email,phone" doc:"What is the same: the e-mail but for case, or the digits of the phone"`
	OtherLine     int        `json:"other_line,omitempty" doc:"The line before with the same"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"Who on the panel has the same"`
	Name          string     `json:"name" doc:"The name of the other"`
}

// Preview says what an import would do, and does nothing.
func (s *Participants) Preview(ctx context.Context, file PanelFile) (PanelPreview, error) {
	f, err := file.read(ctx, s.DB.Read(), s.Clock())
	if err != nil {
		return PanelPreview{}, err
	}
	onPanel, err := f.onPanel(ctx, s.DB.Read())
	if err != nil {
		return PanelPreview{}, err
	}
	p := PanelPreview{Lines: f.all, Faults: f.faults[:min(len(f.faults), mostPreviewed)], Duplicates: []ImportedDuplicate{}, First: []PreviewedLine{}}
	for i := range f.rows {
		for _, d := range []map[int]ImportedDuplicate{onPanel, f.sameLine} {
			if d, is := d[i]; is && len(p.Duplicates) < mostPreviewed {
				p.Duplicates = append(p.Duplicates, d)
			}
		}
	}
	if len(f.faults) > 0 {
		return p, nil
	}
	for i, row := range f.rows {
		if f.leavesOut(i, onPanel) {
			continue
		}
		if p.Added++; p.Added <= mostPreviewed {
			p.First = append(p.First, PreviewedLine{Line: f.lines[i], Name: row.Name, Email: row.Email, Phone: row.Phone, Language: row.Language, Zone: row.Zone,
				Tags: row.Tags, Attributes: row.Attributes, DoNotContact: row.DoNotContact})
		}
	}
	return p, nil
}

// Import adds the participants of a file under an id of the client's choice: all, or none where a line has a fault. It is
// repeatable, and says how many it added.
func (s *Participants) Import(ctx context.Context, by account.User, id uuid.UUID, file PanelFile) (added int, again bool, err error) {
	now := s.Clock()
	f, err := file.read(ctx, s.DB.Read(), now)
	if err != nil {
		return 0, false, err
	}
	if err := fault.Of(f.faults); err != nil {
		return 0, false, err
	}
	hash := database.HashOf(fmt.Appendf(nil, "%s\n%s\n%t\n%s", f.Language, f.Zone, f.LeaveOutDuplicates, f.Content))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, id, hash); err != nil {
			return err
		}
		if again {
			return importedBefore.Row(ctx, tx, id.String()).Scan(&added)
		}
		var onPanel map[int]ImportedDuplicate
		if f.LeaveOutDuplicates {
			if onPanel, err = f.onPanel(ctx, tx); err != nil {
				return err
			}
		}
		var rows []*participantRow
		for i := range f.rows {
			if !f.leavesOut(i, onPanel) {
				rows = append(rows, &f.rows[i])
			}
		}
		for some := range slices.Chunk(rows, 200) {
			if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
				return err
			}
		}
		added = len(rows)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "import", Kind: "participants", Subject: id.String(), Subjects: added})
	})
	return added, again, err
}

var importedBefore = database.Prepared("SELECT COALESCE(max(subjects), 0) FROM audit WHERE subject = ? AND kind = 'participants' AND action = 'import'")

func (f *panelLines) leavesOut(i int, onPanel map[int]ImportedDuplicate) bool {
	_, known := onPanel[i]
	_, twice := f.sameLine[i]
	return f.LeaveOutDuplicates && (known || twice)
}

// read reads the file: what it says, what is wrong with it, and which lines are alike.
func (file PanelFile) read(ctx context.Context, from bun.IDB, now time.Time) (*panelLines, error) {
	attributes, err := allAttributes(ctx, from)
	if err != nil {
		return nil, err
	}
	optional := slices.Clone(panelColumns[1:])
	for _, a := range attributes {
		optional = append(optional, strings.ToLower(a.Name))
	}
	var table fault.Table
	var since1904 bool
	if isWorkbook(file.Content) {
		table, since1904, err = readWorkbook(file.Content, MaxImportedParticipants, panelColumns[:1], optional)
	} else {
		table, err = fault.ReadTable(file.Content, MaxImportedParticipants, panelColumns[:1], optional)
	}
	if err != nil {
		return nil, err
	}
	f := &panelLines{PanelFile: file, attributes: attributes, since1904: since1904, all: len(table.Rows) + len(table.Faults), faults: slices.Clone(table.Faults),
		rows: make([]participantRow, len(table.Rows)), lines: make([]int, len(table.Rows)), sameLine: map[int]ImportedDuplicate{}}
	emails, phones := map[string]int{}, map[string]int{}
	for i, line := range table.Rows {
		row := participantRow{Participant: Participant{ID: database.NewID(now), Edition: 1}, CreatedAt: database.At(now)}
		wrong, err := f.takeLine(&row, line.Cells)
		if err != nil {
			return nil, err
		}
		f.faults = append(f.faults, fault.InLine(line.Line, wrong)...)
		f.rows[i], f.lines[i] = row, line.Line
		if before, is := emails[row.EmailFolded]; is && row.EmailFolded != "" {
			f.sameLine[i] = ImportedDuplicate{Line: line.Line, Same: "email", OtherLine: f.lines[before], Name: f.rows[before].Name}
		} else if before, is := phones[row.PhoneDigits]; is && row.PhoneDigits != "" {
			f.sameLine[i] = ImportedDuplicate{Line: line.Line, Same: "phone", OtherLine: f.lines[before], Name: f.rows[before].Name}
		} else {
			emails[row.EmailFolded], phones[row.PhoneDigits] = i, i
		}
	}
	f.faults = append([]fault.Fault{}, fault.ByLine(f.faults)...)
	return f, nil
}

// takeLine takes over a line, and says everything that is wrong with it by the names of columns.
func (f *panelLines) takeLine(row *participantRow, line map[string]string) (wrong []fault.Fault, err error) {
	workbook := isWorkbook(f.Content)
	cell := func(column string) *string {
		text := line[column]
		if !workbook {
			text = readCell(text)
		}
		return &text
	}
	or := func(text *string, otherwise string) *string {
		if *text == "" {
			return &otherwise
		}
		return text
	}
	phone := cell("phone")
	if workbook {
		*phone = plainNumber(*phone)
	}
	c := ParticipantChange{Name: cell("name"), Email: cell("email"), Phone: phone, Language: or(cell("language"), f.Language), Zone: or(cell("zone"), f.Zone),
		Household: cell("household"), Employer: cell("employer"), Notes: cell("notes")}
	tags := strings.FieldsFunc(*cell("tags"), func(r rune) bool { return r == ',' || r == ';' })
	c.Tags = &tags
	refused, ok := readYesNo(*cell("do_not_contact"))
	if c.DoNotContact = &refused; !ok {
		wrong = append(wrong, fault.Fault{Pointer: "do_not_contact", Detail: "must be yes or no"})
	}
	values := map[string]string{}
	for _, a := range f.attributes {
		text := *cell(strings.ToLower(a.Name))
		if text == "" {
			continue
		}
		if workbook && a.Type == "number" {
			text = plainNumber(text)
		} else if workbook && a.Type == "date" {
			text = dayOf(text, f.since1904)
		}
		value, why := a.value(text)
		if why != "" {
			wrong = append(wrong, fault.Fault{Pointer: strings.ToLower(a.Name), Detail: why})
			continue
		}
		values[a.ID.String()] = value
	}
	c.Attributes = values
	row.apply(c)
	if err := row.write(); err != nil {
		return nil, err
	}
	return append(row.faults(), wrong...), nil
}

// onPanel finds the lines whose e-mail or phone somebody on the panel has.
func (f *panelLines) onPanel(ctx context.Context, from bun.IDB) (map[int]ImportedDuplicate, error) {
	found := map[int]ImportedDuplicate{}
	for _, same := range []struct {
		word, column string
		of           func(*participantRow) string
	}{
		{"phone", "phone_digits", func(r *participantRow) string { return r.PhoneDigits }},
		{"email", "email_folded", func(r *participantRow) string { return r.EmailFolded }}, // which says more, and so comes last
	} {
		lines := map[string][]int{}
		for i := range f.rows {
			if key := same.of(&f.rows[i]); key != "" {
				lines[key] = append(lines[key], i)
			}
		}
		for keys := range slices.Chunk(slices.Sorted(maps.Keys(lines)), 500) {
			var others []struct {
				ID   uuid.UUID
				Name string
				Key  string
			}
			err := from.NewSelect().Table("participants").Column("id", "name").ColumnExpr("? AS key", bun.Ident(same.column)).
				Where("? <> ''", bun.Ident(same.column)).Where("? IN (?)", bun.Ident(same.column), bun.List(keys)).OrderExpr("id").Scan(ctx, &others)
			if err != nil {
				return nil, err
			}
			for _, other := range others {
				for _, i := range lines[other.Key] {
					found[i] = ImportedDuplicate{Line: f.lines[i], Same: same.word, ParticipantID: &other.ID, Name: other.Name}
				}
			}
		}
	}
	return found, nil
}
