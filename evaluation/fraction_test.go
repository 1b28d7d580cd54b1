package evaluation

import (
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun/dialect"
)

// The migration that brought the exact score to the evaluations runs once, on what was there before. Here it runs again
// on evaluations whose exact scores were taken away.
func TestTheExactScoresOfOldEvaluationsAreTakenFromTheirCurrentRevisions(t *testing.T) {
	p := newProgramme(t)
	branch, checklist := p.branch("A"), p.checklist("Visit", 1)
	for _, score := range []*big.Rat{big.NewRat(4, 5), big.NewRat(0, 1), big.NewRat(351, 380), nil} {
		p.visit(handedIn{branch: branch, checklist: checklist, begun: "2026-02-01T12:00:00Z", score: score})
	}
	read := func() (fractions []string) {
		require.NoError(t, p.db.Read().NewRaw("SELECT COALESCE(fraction, 'none') FROM evaluations ORDER BY shuffle DESC").Scan(t.Context(), &fractions))
		return fractions
	}
	kept := []string{"4/5", "0/1", "351/380", "none"}
	require.Equal(t, kept, read())
	p.run("ALTER TABLE evaluations DROP COLUMN fraction")

	name := "sqlite"
	if p.db.Read().Dialect().Name() == dialect.PG {
		name = "postgres"
	}
	migration, err := os.ReadFile("../internal/database/migrations/0008_fraction." + name + ".sql")
	require.NoError(t, err)
	for statement := range strings.SplitSeq(string(migration), ";\n") {
		p.run(statement)
	}
	require.Equal(t, kept, read())
}
