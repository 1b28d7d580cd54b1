package account

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// MaxImported is how many users one file may bring.
const MaxImported = 2000

// Import adds the users of a CSV file and orders each the mail with the link for the first password. Its first line
// names the columns: email, name, roles (several apart by spaces), and language, which may be missing. Columns are
// apart by commas or by semicolons. With any fault nothing is added, and all faults are told at once, by line.
func (a *Accounts) Import(ctx context.Context, by User, file []byte) (added int, err error) {
	t, err := fault.ReadTable(file, MaxImported, []string{"email", "name", "roles"}, []string{"language"})
	if err != nil {
		return 0, err
	}
	language, err := a.language(ctx)
	if err != nil {
		return 0, err
	}
	users, faults := make([]importedUser, len(t.Rows)), t.Faults
	for i, row := range t.Rows {
		users[i] = importedUser{a.readUser(row.Cells, language), row.Line}
		faults = append(faults, fault.InLine(row.Line, append(users[i].faults(), users[i].refusedTo(by)...))...)
	}
	now := a.Clock()
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		taken, err := takenEmails(ctx, tx, users)
		if err != nil {
			return err
		}
		if all := append(slices.Clone(faults), taken...); len(all) > 0 {
			return fault.Of(fault.ByLine(all))
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

func (a *Accounts) readUser(cells map[string]string, language string) User {
	email, name := cells["email"], cells["name"]
	c := UserChange{Email: &email, Name: &name}
	if own := cells["language"]; own != "" {
		c.Language = &own
	}
	roles, _ := ParseRoles(strings.Fields(strings.ToLower(cells["roles"]))) // no roles are a fault of the user's
	c.Roles = &roles
	return newUser(database.NewID(a.Clock()), c, language, a.Clock())
}

// takenEmails lists the e-mails that another line of the file or another user has.
func takenEmails(ctx context.Context, tx bun.Tx, users []importedUser) (faults []fault.Fault, err error) {
	lines := map[string]int{}
	for _, u := range users {
		if !IsEmail(u.Email) {
			continue
		}
		if first, twice := lines[u.Email]; twice {
			faults = append(faults, fault.Fault{Pointer: "email", Line: u.line, Detail: fmt.Sprintf("stands in line %d too", first)})
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
			faults = append(faults, fault.Fault{Pointer: "email", Line: lines[email], Detail: "another user has this e-mail"})
		}
	}
	return faults, nil
}
