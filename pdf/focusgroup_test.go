package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/scheduling"
)

func groupReport(t testing.TB, r scheduling.FocusGroupReport) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, FocusGroup(&document, r))
	return document.Bytes()
}

func daySheet(t testing.TB, s scheduling.DaySheet) []byte {
	t.Helper()
	var document bytes.Buffer
	require.NoError(t, DaySheet(&document, s))
	return document.Bytes()
}

func TestAFocusGroupReportSaysWhatItHas(t *testing.T) {
	text := textOf(t, groupReport(t, group(8, 12)))
	for _, words := range []string{"Northwind Coffee", "Focus group report", "Waiting in the morning", "Mornings at the counter", "Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)", "House on the Square, Blue room", "Polish", "Moderator: Moe Novak",
		"Took part", "of 8 wanted", "30 invited, 11 accepted, 9 came, 8 took part.", "12 findings and 4 actions", "2 of those whom the study wanted were not heard enough",
		"What we wanted to know", "Why do guests who come before nine leave the queue?", "Write down your last morning here", "silent writing", "round robin", "20 min",
		"Findings", "Two tills with one open feel like contempt", "said by 4 of 8", "I want to nod.", "It is no share of all customers",
		"What this does not tell", "it does not measure how many customers think so", "What we do about it", "Max Mazur", "due Mon 7 Dec 2026", "done, and those who raised it were told", "under way", "The railway does not allow it.",
		"Who was heard", "Age group: under 30 (no more)", "3 of 3", "0 of 2", "Who was not heard", "Nobody of “Age group: 60 and older” took part", "P8", "bicycle",
		"How it was made", "Invited", "Turned away, all seats taken", "What it cost", "640.00 EUR", "612.45 EUR", "80.12 EUR (8 seats)", "104.03 EUR (6 seats)", "View 77aa0c5be1d7"} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "%")
}

func TestAFocusGroupReportLeavesOutWhatItHasNot(t *testing.T) {
	r := group(8, 12)
	r.Costs, r.Session.Moderator, r.Quotas, r.NotHeard, r.Attributes = nil, "", nil, nil, nil
	text := textOf(t, groupReport(t, r))
	for _, words := range []string{"What it cost", "EUR", "Moe Novak", "Whom the study wanted"} {
		require.NotContains(t, text, words)
	}
	require.Contains(t, textOf(t, groupReport(t, group(0, 0))), "Nothing was written down.")
}

func TestAPreviewOfAFocusGroupReportIsMarkedOnEveryPage(t *testing.T) {
	r := group(8, 12)
	r.Preview = true
	document := groupReport(t, r)
	require.Equal(t, len(wordsOf(t, document)), strings.Count(textOf(t, document), "PREVIEW: NOT CLOSED"))
}

func TestPeopleBeyondTheTargetAndOddCountsAreDrawn(t *testing.T) {
	r := group(8, 12)
	r.Quotas[0].Target, r.Quotas[0].TookPart, r.Quotas[1].Target, r.Quotas[2].TookPart = -3, 100, 1000, -1
	r.Recruitment.TookPart, r.Session.Seats = 1000, -1
	r.Findings[0].Themes[0].SaidBy, r.Findings[0].Themes[1].Of, r.Findings[0].Themes[2].SaidBy = 100, 100, -1
	r.Costs.Budget, r.Costs.Spent.Amount, r.Costs.Actual.Amount = amount(0), -5, 1<<62
	requireTidy(t, groupReport(t, r))
}

func TestADaySheetSaysWhoIsExpected(t *testing.T) {
	text := textOf(t, daySheet(t, sheet(12)))
	for _, words := range []string{"Day sheet", "12 expected for 8 seats. If all come, 4 are turned away at the door, and paid. It takes 6 at least. Incentive: 50.00 EUR each.", "As it stood on Thursday 26 November 2026, 14:05",
		"Anna Nowak 0", "+48 600 100 000 · confirmed", "Needs: see coordinator", "Ксения Александровна", "Παναγιώτης Παπαδόπουλος 1", "Ukrainian", "Arrived", "Consent", "Incentive received", "walk-in", "Waiting list", "a seat is offered",
		"18:10 silent writing 10 min Write down your last morning here", "Rynek 1, 00-272 Warszawa", "Booking: HS-2026-118", "Fire: leave by the stairs", "shred it once it is uploaded"} {
		require.Contains(t, text, strings.ReplaceAll(words, "Ксения Александровна", "Ксения"))
	}
	empty := textOf(t, daySheet(t, sheet(0)))
	require.Contains(t, empty, "Nobody accepted.")
	require.Contains(t, empty, "Nobody waits.")
}

func TestEverybodyExpectedHasARowHighEnoughToSign(t *testing.T) {
	for _, n := range []int{8, 12, 30} {
		document := daySheet(t, sheet(n))
		pages := wordsOf(t, document)
		require.LessOrEqual(t, len(pages), 2+n/15)
		rows := 0
		for _, words := range pages {
			above := 0.0
			for _, w := range words {
				if w.text != "walk-in" {
					continue
				}
				if rows++; above > 0 {
					require.GreaterOrEqual(t, w.top-above, writeRow-0.1)
				}
				above = w.top
			}
		}
		require.Equal(t, walkInRows, rows)
		text := textOf(t, document)
		for i := range n {
			require.Contains(t, text, fmt.Sprintf("+48 600 100 %03d", i))
		}
	}
}

func TestTheSameGroupGivesTheSameBytes(t *testing.T) {
	require.Equal(t, groupReport(t, crowdedGroup(12, 12)), groupReport(t, crowdedGroup(12, 12)))
	require.Equal(t, daySheet(t, crowdedSheet(12)), daySheet(t, crowdedSheet(12)))
	require.NotEqual(t, groupReport(t, group(8, 1)), groupReport(t, group(8, 2)))
	require.ErrorContains(t, FocusGroup(fullDisk{}, group(8, 1)), "no space left")
	require.ErrorContains(t, DaySheet(fullDisk{}, sheet(8)), "no space left")
}
