package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp"

	"fieldcare/evaluation"
)

const (
	reportVisits = 24 // of the branch itself, in the period
	reportRounds = 15
	reportAsks   = 20 // a round and store
)

// programmes are what the branch whose report is asked for stands in: other branches, of which every tenth is a
// competitor's, in 16 regions, and their evaluations, spread evenly over the same two years.
var programmes = [2]struct{ branches, evaluations int }{{5, 1_000}, {400, 200_000}}

// reportFigures are medians in milliseconds; only their ratio means something on another machine.
type reportFigures struct {
	Evaluations [2]int     `json:"evaluations_of_others"`
	Millis      [2]float64 `json:"millis"`
	Ratio       float64    `json:"ratio"`
	Bytes       int        `json:"bytes"`
}

// BenchmarkBranchReport asks over HTTP, as a coordinator, for the JSON report on a branch with 24 visits, where other
// branches have 1,000 evaluations and where they have 200,000. The two are asked in a random order. No figure passes or fails.
func BenchmarkBranchReport(b *testing.B) {
	for range b.N {
		var f reportFigures
		var asks [2]func() []byte
		for i, size := range programmes {
			s := newStore(b)
			s.fillOthers(size.branches, size.evaluations)
			branch := s.fillBranch(reportVisits)
			_, err := evaluation.RebuildSums(context.Background(), s.db)
			require.NoError(b, err)
			serveHere(b, s)
			asks[i] = s.reportOn(branch)
			f.Evaluations[i], f.Bytes = size.evaluations, len(asks[i]())
		}
		var took [2][]float64
		random := rand.New(rand.NewPCG(2, 24))
		for range reportRounds {
			runtime.GC()
			// In turn, one of the two might be the one that meets every collection of garbage.
			for _, n := range random.Perm(2 * reportAsks) {
				i := n % 2
				begun := time.Now()
				asks[i]()
				took[i] = append(took[i], time.Since(begun).Seconds()*1000)
			}
		}
		f.Millis = [2]float64{median(took[0]), median(took[1])}
		f.Ratio = f.Millis[1] / f.Millis[0]
		f.print(os.Stdout)
	}
}

func (f *reportFigures) print(to io.Writer) {
	fmt.Fprintf(to, "\nA report on a branch with %d visits, %d bytes of JSON over HTTP, medians of %d interleaved requests\n", reportVisits, f.Bytes, reportRounds*reportAsks)
	fmt.Fprintf(to, "%.2f ms beside %d evaluations of other branches, %.2f ms beside %d: ratio %.2f\n\n",
		f.Millis[0], f.Evaluations[0], f.Millis[1], f.Evaluations[1], f.Ratio)
	json.NewEncoder(to).Encode(f)
}

// reportOn gives what asks for the report on a branch and makes sure that it came.
func (s *store) reportOn(branch uuid.UUID) func() []byte {
	session, err := s.server.Accounts.SignIn(context.Background(), "carol@example.org", password, "127.0.0.1")
	require.NoError(s, err)
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	request.SetRequestURI(s.url + "/branches/" + branch.String() + "/report")
	request.Header.Set("Authorization", "Bearer "+session.Access)
	return func() []byte {
		require.NoError(s, s.client.Do(request, response))
		require.Equal(s, fasthttp.StatusOK, response.StatusCode(), "%s", response.Body())
		return response.Body()
	}
}

// fillBranch keeps approved visits of one branch, of the last 80 days, handed in as others are.
func (s *store) fillBranch(visits int) uuid.UUID {
	s.Helper()
	branch := s.branches[0]
	for n := range visits {
		p := s.planAt(1, time.Now().AddDate(0, 0, -1-n*80/visits))[0]
		require.NoError(s, s.write(p))
		s.run(fmt.Sprintf("UPDATE visits SET branch_id = '%s', state = 'approved' WHERE id = '%s'", branch, p.visit))
		s.run(fmt.Sprintf("UPDATE evaluations SET branch_id = '%s', approved_at = received_at, grade = 8, score = %d WHERE id = '%s'", branch, 700_000+10_000*n, p.evaluation))
	}
	s.run(fmt.Sprintf("UPDATE branches SET region = 'Region 1' WHERE id = '%s'", branch))
	return branch
}

// fillOthers keeps evaluations of other branches, all approved. What they say is left out: no figure reads it.
func (s *store) fillOthers(branches, evaluations int) {
	s.Helper()
	const months24 = 730 // days
	numbers := func(n int) string {
		return fmt.Sprintf("WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d) ", n-1)
	}
	id := func(kind int) string { return fmt.Sprintf("printf('%08d-0000-4000-8000-%%012d', i)", kind) }
	branch := fmt.Sprintf("printf('00000001-0000-4000-8000-%%012d', i %% %d)", branches)
	// Each branch's visits are spread over all of the days, and the days of two branches differ.
	daysAgo := fmt.Sprintf("(i * %d / %d + i * 7) %% %d", months24, evaluations, months24)
	micros := fmt.Sprintf("%d - (%s) * 86400000000", time.Now().UnixMicro(), daysAgo)
	for _, statement := range []string{
		numbers(branches) + "INSERT INTO branches (id, code, name, folded, address, zone, region, brand, competitor, created_at, edition) SELECT " + id(1) +
			", 'O-' || i, 'Branch ' || i, '', '', 'Europe/Warsaw', 'Region ' || (i % 16), '', i % 10 = 9, 0, 1 FROM numbers",
		numbers(evaluations) + `INSERT INTO visits (id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone,
			opens_at, closes_at, deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, created_at, edition)
			SELECT ` + fmt.Sprintf("%s, %s, '%s', 1, '%s', 'approved', '', '', 'Europe/Warsaw', %[5]s, %[5]s + 1, 1440, %[5]s + 2, '', '', '', 0, 0, 'EUR', 0, 5 FROM numbers",
			id(2), branch, s.checklist, s.shoppers[0].id, micros),
		numbers(evaluations) + `INSERT INTO evaluations (id, visit_id, branch_id, checklist_id, checklist_version, shopper_id, revision, begun_at, finished_at, day,
			received_at, marks, score, open_questions, words, grade, approved_at, shuffle, edition)
			SELECT ` + fmt.Sprintf("%s, %s, %s, '%s', 1, '%s', 1, %[6]s, %[6]s, date((%[6]s) / 1000000, 'unixepoch'), %[6]s, '[]', i * 7919 %% 400000 + 600000, '[]', '', 8, %[6]s, i, 2 FROM numbers",
			id(3), id(2), branch, s.checklist, s.shoppers[0].id, micros),
		numbers(evaluations) + `INSERT INTO revisions (evaluation_id, number, content_hash, document, score, changed, author_id, reason, received_at)
			SELECT ` + fmt.Sprintf("%s, 1, '', '{}', '{}', '[]', '%s', '', 0 FROM numbers", id(3), s.shoppers[0].id),
	} {
		s.run(statement)
	}
}

func (s *store) run(statement string) {
	s.Helper()
	require.NoError(s, s.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.Tx.ExecContext(ctx, statement)
		return err
	}))
}
