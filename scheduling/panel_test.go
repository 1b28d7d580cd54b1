package scheduling

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

var panelDay = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// openPanel is an empty panel with an attribute of each type, and its coordinator.
func openPanel(t testing.TB) (*Participants, account.User, []Attribute) {
	db := databasetest.Open(t)
	clock := func() time.Time { return panelDay }
	carol := account.User{ID: database.NewID(panelDay), Roles: account.Coordinator}
	write(t, db, "INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition) VALUES (?, 'carol@example.org', 'Carol', 'carol', 'en', ?, '', 1, 1)", carol.ID, int64(carol.Roles))
	store := &Attributes{DB: db, Clock: clock}
	for i, kind := range []string{"text", "number", "choice", "date"} {
		name, options := "A "+kind, []string{"=tea", "'coffee", "No, neither; nor"}
		n := NewAttribute{ID: uuid.New(), Type: kind, AttributeChange: AttributeChange{Name: &name}}
		if kind == "choice" {
			n.Options = &options
		}
		_, _, err := store.Add(t.Context(), carol, fmt.Sprint(i), n)
		require.NoError(t, err)
	}
	all, err := store.All(t.Context())
	require.NoError(t, err)
	return &Participants{DB: db, Clock: clock}, carol, all
}

func write(t testing.TB, db *database.DB, query string, args ...any) {
	t.Helper()
	require.NoError(t, db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

// drawnLine draws the texts that break tables.
func drawnLine(least, most int) *rapid.Generator[string] {
	rough := []rune("aZ9 '\"=+-@,;\t|\\%_<>&żΩж李م😀\u0301\u200d＝_x000D_")
	return rapid.Custom(func(t *rapid.T) string {
		text := string(rapid.SliceOfN(rapid.SampledFrom(rough), least, most).Draw(t, "text"))
		return *onOneLine(&text)
	}).Filter(func(text string) bool { return isLine(text, least, most) })
}

func drawnParticipant(t *rapid.T, attributes []Attribute) ParticipantChange {
	name, household, notes := drawnLine(1, 40).Draw(t, "name"), drawnLine(0, 20).Draw(t, "household"), drawnLine(0, 20).Draw(t, "notes")
	if rapid.Bool().Draw(t, "two lines") && notes != "" {
		notes += "\n=" + notes
	}
	phone := rapid.SampledFrom([]string{"", "+48 600 100 200", "(022) 55-55-55", "٠٦٠٠١٠٠٢٠٠", "-600100200"}).Draw(t, "phone")
	email := rapid.SampledFrom([]string{"", "Petra@Panel.example", "=petra@panel.example", "olek+tag@panel.example"}).Draw(t, "email")
	language, zone, refused := "pl", "Europe/Warsaw", rapid.Bool().Draw(t, "refused")
	tags := rapid.SliceOfN(drawnLine(1, 10).Filter(func(s string) bool { return !strings.ContainsAny(s, ",;") }), 0, 4).Draw(t, "tags")
	values := map[string]string{}
	for _, a := range attributes {
		var value string
		switch a.Type {
		case "text":
			value = drawnLine(0, 20).Draw(t, "value")
		case "number":
			value = rapid.SampledFrom([]string{"", "0", "-0.5", "42", "123456789012345", "0.000001"}).Draw(t, "number")
		case "choice":
			value = rapid.SampledFrom(append([]string{""}, a.Options...)).Draw(t, "option")
		case "date":
			value = rapid.SampledFrom([]string{"", "1990-05-31", "2026-02-28"}).Draw(t, "day")
		}
		if value != "" {
			values[a.ID.String()] = value
		}
	}
	return ParticipantChange{Name: &name, Email: &email, Phone: &phone, Language: &language, Zone: &zone, Household: &household, Notes: &notes, Tags: &tags, Attributes: values, DoNotContact: &refused}
}

func TestWhatIsExportedIsImportedTheSame(t *testing.T) {
	s, carol, attributes := openPanel(t)
	rapid.Check(t, func(r *rapid.T) {
		write(t, s.DB, "DELETE FROM participants")
		for i := range rapid.IntRange(1, 4).Draw(r, "n") {
			c := drawnParticipant(r, attributes)
			_, _, err := s.Add(t.Context(), carol, fmt.Sprint(i), NewParticipant{ID: uuid.New(), ParticipantChange: c})
			require.NoError(r, err)
		}
		before := panelOf(t, s, carol)
		for name, write := range map[string]func(*bytes.Buffer) error{
			"CSV":  func(b *bytes.Buffer) error { return s.WriteCSV(t.Context(), b, carol, ParticipantFilter{}) },
			"XLSX": func(b *bytes.Buffer) error { return s.WriteXLSX(t.Context(), b, carol, ParticipantFilter{}) },
		} {
			var file bytes.Buffer
			require.NoError(r, write(&file))
			emptied(t, s.DB)
			n, again, err := s.Import(t.Context(), carol, uuid.New(), PanelFile{Content: file.Bytes()})
			require.NoError(r, err, name)
			require.False(r, again)
			require.Equal(r, len(before), n)
			require.Equal(r, before, panelOf(t, s, carol), name)
		}
	})
}

func emptied(t *testing.T, db *database.DB) { write(t, db, "DELETE FROM participants") }

// panelOf is the panel without what an import gives anew.
func panelOf(t *testing.T, s *Participants, by account.User) []string {
	rows, err := listParticipants(t.Context(), s.DB.Read(), by, ParticipantFilter{Limit: 100})
	require.NoError(t, err)
	var panel []string
	for _, r := range rows {
		panel = append(panel, fmt.Sprintf("%q %q %q %q %q %q %q %q %v %v %q", r.Name, r.Email, r.Phone, r.Language, r.Zone, r.Household, r.Notes, r.Tags, r.Attributes, r.DoNotContact, r.Folded))
	}
	slices.Sort(panel)
	return panel
}

func TestACellIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.String().Draw(r, "text")
		require.Equal(r, text, readCell(writtenCell(text)))
		require.False(r, strings.ContainsAny(writtenCell(text)[:min(1, len(text))], "=+-@\t\r\n"))
	})
}

func TestPhonesAreComparedByTheirDigits(t *testing.T) {
	for phone, digits := range map[string]string{"+48 (600) 100-200": "48600100200", "0048 600 100 200": "48600100200", "+44 (0)20 7946 0958": "442079460958",
		"٠٦٠٠١٠٠٢٠٠": "0600100200", "６００１００２００": "600100200", "": ""} {
		require.Equal(t, digits, phoneDigits(phone), phone)
	}
	for phone, is := range map[string]bool{"+48 600 100 200": true, "1234": false, "1234567890123456": false, "call me 600100200": false, "600100200\n": false, "022.55.55.55": true} {
		require.Equal(t, is, isPhone(phone), phone)
	}
}

func TestWhatIsSearchedAlwaysFitsTheIndex(t *testing.T) {
	s, carol, _ := openPanel(t)
	long := strings.Repeat("ﷺ", 120)
	language, zone, tags := "ar", "Asia/Riyadh", []string{}
	for i := range 20 {
		tags = append(tags, fmt.Sprint(i)+strings.Repeat("ﷺ", 38))
	}
	p, _, err := s.Add(t.Context(), carol, "x", NewParticipant{ID: uuid.New(), ParticipantChange: ParticipantChange{Name: &long, Language: &language, Zone: &zone, Tags: &tags}})
	require.NoError(t, err)
	found, err := s.List(t.Context(), carol, ParticipantFilter{Search: "ﷺ", Tag: tags[19], Limit: 1})
	require.NoError(t, err)
	require.Equal(t, p.ID, found.Items[0].ID)
}
