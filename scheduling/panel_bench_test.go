package scheduling

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

const panelSize = 100_000

// BenchmarkPanel searches a panel of 100,000: what everybody has, what few have, nothing, a phone, a tag, a value, and
// page by page. It prints the median and the slowest of 20 of each; no figure passes or fails.
func BenchmarkPanel(b *testing.B) {
	s, carol, attributes := openPanel(b)
	started := time.Now()
	rows := make([]participantRow, 0, 500)
	for i := range panelSize {
		name, email, phone := fmt.Sprintf("%c%c Nowak %d", 'A'+i%26, 'a'+i/26%26, i), fmt.Sprintf("p%d@panel.example", i), fmt.Sprintf("+48 6%08d", i)
		language, zone, tags := "pl", "Europe/Warsaw", []string{fmt.Sprintf("wave %d", i%1000), "loyal"}
		row := participantRow{Participant: Participant{ID: database.NewID(panelDay), Edition: 1}, CreatedAt: database.At(panelDay)}
		_, err := row.take(attributes, ParticipantChange{Name: &name, Email: &email, Phone: &phone, Language: &language, Zone: &zone, Tags: &tags,
			Attributes: map[string]string{attributes[2].ID.String(): "12"}})
		require.NoError(b, err)
		if rows = append(rows, row); len(rows) == cap(rows) {
			require.NoError(b, s.DB.Write(b.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewInsert().Model(&rows).Exec(ctx)
				return err
			}))
			rows = rows[:0]
		}
	}
	b.Logf("%d participants made in %s", panelSize, time.Since(started).Round(time.Millisecond))
	page, err := s.List(b.Context(), carol, ParticipantFilter{Search: "Mm", Limit: 50})
	require.NoError(b, err)
	for b.Loop() {
		for _, search := range []struct {
			name   string
			filter ParticipantFilter
			found  int
		}{
			{"the first page", ParticipantFilter{}, 50},
			{"a later page", ParticipantFilter{Cursor: page.Next}, 50},
			{"a name that many have", ParticipantFilter{Search: "nowak"}, 50},
			{"a name that one has", ParticipantFilter{Search: "nowak 99999"}, 1},
			{"a name that nobody has", ParticipantFilter{Search: "zzzzz"}, 0},
			{"a phone", ParticipantFilter{Search: "600 099 999"}, 1},
			{"a tag of a hundred", ParticipantFilter{Tag: "wave 777"}, 50},
			{"a value that all have", ParticipantFilter{Attribute: attributes[2].ID, Value: "12"}, 50},
			{"a value that nobody has", ParticipantFilter{Attribute: attributes[2].ID, Value: "13"}, 0},
		} {
			var took []time.Duration
			for range 20 {
				begun := time.Now()
				search.filter.Limit = 50
				found, err := s.List(b.Context(), carol, search.filter)
				require.NoError(b, err)
				require.Len(b, found.Items, search.found, search.name)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.Logf("%-24s %8s, slowest %8s", search.name, took[10].Round(time.Microsecond), took[19].Round(time.Microsecond))
		}
	}
}
