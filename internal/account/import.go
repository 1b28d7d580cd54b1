package account

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/fault"
)

// MaxImported is how many users one file may bring.
const MaxImported = 2000

// Import adds the users of a CSV file and orders each the mail with the link for the first password. Its first line
// names the columns: email, name, roles (several apart by spaces), and language, which may be missing. Columns are
// apart by commas or by semicolons. With any fault nothing is added, and all faults are told at once, by line.
func (a *Accounts) Import(ctx context.Context, by User, file []byte) (added int, err error) {
	users, faults, err := a.read(file)
	if err != nil {
		return 0, err
	}
	for _, u := range users {
		faults = append(faults, at(u.line, append(u.faults(), u.refusedTo(by)...))...)
	}
	now := a.Clock()
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		taken, err := takenEmails(ctx, tx, users)
		if err != nil {
			return err
		}
		if all := append(slices.Clone(faults), taken...); len(all) > 0 {
			slices.SortStableFunc(all, func(a, b fault.Fault) int { return cmp.Compare(a.Line, b.Line) })
			return fault.Of(all)
		}
		for _, u := range users {
			if err := insertUser(ctx, tx, by, now, u.User, ""); err != nil {
				return err
			}
			if err := a.Queue(ctx, tx, string(NewUser), u.ID, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(users), nil
}

// importedUser is a user and the line of the file that it stands in.
type importedUser struct {
	User
	line int
}

func (a *Accounts) read(file []byte) (users []importedUser, faults []fault.Fault, err error) {
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		return nil, nil, fault.At("", "the file must be CSV in UTF-8")
	}
	lines := csv.NewReader(bytes.NewReader(file))
	lines.FieldsPerRecord = -1
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.ContainsRune(head, ';') {
		lines.Comma = ';'
	}
	columns, err := lines.Read()
	if err != nil {
		return nil, nil, fault.Of([]fault.Fault{{Line: 1, Detail: "must name the columns: email, name, roles, language"}})
	}
	if faults = columnFaults(columns); len(faults) > 0 {
		return nil, nil, fault.Of(faults)
	}
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return users, faults, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, nil, fault.Of(append(faults, fault.Fault{Line: broken.StartLine, Detail: "is not CSV: " + broken.Err.Error()}))
		}
		if len(users) == MaxImported {
			return nil, nil, fault.At("", "the file has more than %d users: split it", MaxImported)
		}
		line, _ := lines.FieldPos(0)
		if len(fields) != len(columns) {
			faults = append(faults, fault.Fault{Line: line, Detail: fmt.Sprintf("has %d columns; the first line has %d", len(fields), len(columns))})
			continue
		}
		users = append(users, importedUser{a.readUser(columns, fields), line})
	}
}

func columnFaults(columns []string) (faults []fault.Fault) {
	for i, column := range columns {
		columns[i] = strings.ToLower(strings.TrimSpace(column))
		if !slices.Contains([]string{"email", "name", "roles", "language"}, columns[i]) || slices.Contains(columns[:i], columns[i]) {
			faults = append(faults, fault.Fault{Line: 1, Detail: fmt.Sprintf("column %d must be one of email, name, roles, language, each once", i+1)})
		}
	}
	for _, needed := range []string{"email", "name", "roles"} {
		if !slices.Contains(columns, needed) {
			faults = append(faults, fault.Fault{Pointer: "/" + needed, Line: 1, Detail: "must be a column"})
		}
	}
	return faults
}

func (a *Accounts) readUser(columns, fields []string) User {
	var c UserChange
	for i, column := range columns {
		value := &fields[i]
		switch column {
		case "email":
			c.Email = value
		case "name":
			c.Name = value
		case "language":
			if strings.TrimSpace(*value) != "" {
				c.Language = value
			}
		case "roles":
			roles, _ := ParseRoles(strings.Fields(strings.ToLower(*value))) // no roles are a fault below
			c.Roles = &roles
		}
	}
	return newUser(uuid.Must(uuid.NewV7()), c, a.Clock())
}

// at puts faults on a line of the file.
func at(line int, faults []fault.Fault) []fault.Fault {
	for i := range faults {
		faults[i].Line = line
	}
	return faults
}

// takenEmails lists the e-mails that another line of the file or another user has.
func takenEmails(ctx context.Context, tx bun.Tx, users []importedUser) (faults []fault.Fault, err error) {
	lines := map[string]int{}
	for _, u := range users {
		if !isEmail(u.Email) {
			continue
		}
		if first, twice := lines[u.Email]; twice {
			faults = append(faults, fault.Fault{Pointer: "/email", Line: u.line, Detail: fmt.Sprintf("stands in line %d too", first)})
			continue
		}
		lines[u.Email] = u.line
	}
	for emails := range slices.Chunk(slices.Sorted(maps.Keys(lines)), 500) {
		var taken []string
		if err := tx.NewSelect().Table("users").Column("email").Where("email IN (?)", bun.List(emails)).Scan(ctx, &taken); err != nil {
			return nil, err
		}
		for _, email := range taken {
			faults = append(faults, fault.Fault{Pointer: "/email", Line: lines[email], Detail: "another user has this e-mail"})
		}
	}
	return faults, nil
}
