package scheduling

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	sixPM         = time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)
	halfPastSeven = sixPM.Add(90 * time.Minute)
)

func TestTheFunnelCountsEverybodyOnTheWayAndBesideIt(t *testing.T) {
	r := recruited([]invited{
		{state: "draft"},
		{state: "withdrawn"}, // before it was sent
		{state: "sent", sent: true},
		{state: "expired", sent: true},
		{state: "declined", sent: true},
		{state: "screened_out", sent: true},
		{state: "withdrawn", sent: true},
		{state: "waitlisted", sent: true, waitlisted: true},
		{state: "expired", sent: true, waitlisted: true}, // an offer that nobody took up
		{state: "cancelled", sent: true, accepted: true},
		{state: "accepted", sent: true, accepted: true},
		{state: "accepted", sent: true, accepted: true, door: AttendanceRecord{Outcome: Expected}},
		{state: "accepted", sent: true, accepted: true, door: AttendanceRecord{Outcome: NoShow}},
		{state: "accepted", sent: true, accepted: true, door: AttendanceRecord{Outcome: TurnedAway}},
		{state: "accepted", sent: true, accepted: true, door: AttendanceRecord{Outcome: SentHome}},
		{state: "accepted", sent: true, accepted: true, door: AttendanceRecord{Outcome: TookPart}, erased: true},
		{state: "accepted", accepted: true, door: AttendanceRecord{Outcome: TookPart}},
	})
	require.Equal(t, ReportedRecruitment{Invited: 14, Accepted: 7, Came: 4, TookPart: 2, Declined: 1, Unanswered: 2, Waitlisted: 2, ScreenedOut: 1, Cancelled: 1,
		Withdrawn: 1, NoShow: 1, TurnedAway: 1, SentHome: 1, WalkIns: 1, Unrecorded: 2}, r)
}

func quotasByAge() (age string, columns []quotaColumn) {
	id, town := uuid.New(), uuid.New()
	return id.String(), columnsOf([]Quota{{AttributeID: id, To: "29", Target: 2}, {AttributeID: town, Value: "Gdańsk", Target: 1, Hard: true}, {AttributeID: id, From: "60", Target: 2}},
		map[uuid.UUID]string{id: "Age", town: "Town"})
}

func TestWhoWasNotHeardIsSaidInWords(t *testing.T) {
	age, columns := quotasByAge()
	here := AttendanceRecord{Outcome: TookPart}
	quotas := reached(columns, []invited{{door: here, attributes: map[string]string{age: "22"}}, {door: here, attributes: map[string]string{age: "45"}},
		{door: AttendanceRecord{Outcome: TurnedAway}, attributes: map[string]string{age: "70"}}, {door: here, erased: true}})
	require.Equal(t, []ReportedQuota{{"Age", "up to 29", 2, 1, false}, {"Age", "60 or more", 2, 0, false}, {"Town", "Gdańsk", 1, 0, true}}, quotas)
	require.Equal(t, []string{"Of “Age: up to 29” 1 took part; 2 were wanted.", "Nobody of “Age: 60 or more” took part; 2 were wanted.", "Nobody of “Town: Gdańsk” took part; 1 was wanted."}, notHeard(quotas))
	require.Empty(t, notHeard([]ReportedQuota{{Target: 2, TookPart: 2}, {Target: 2, TookPart: 3}}))
	require.NotNil(t, notHeard(nil), "a list is never null")
}

func TestParticipantsHaveNoNamesAndAnOrderThatStays(t *testing.T) {
	age, columns := quotasByAge()
	all := []invited{}
	for _, years := range []string{"22", "45", "71.5", ""} {
		all = append(all, invited{id: uuid.NewString(), door: AttendanceRecord{Outcome: TookPart}, attributes: map[string]string{age: years}})
	}
	all = append(all, invited{id: uuid.NewString(), door: AttendanceRecord{Outcome: TookPart}, erased: true, attributes: map[string]string{age: "22"}},
		invited{id: uuid.NewString(), door: AttendanceRecord{Outcome: NoShow}, attributes: map[string]string{age: "22"}})
	first := listed(all, columns)
	require.Len(t, first, 5)
	ages := []string{}
	for i, p := range first {
		require.Equal(t, []string{"P1", "P2", "P3", "P4", "P5"}[i], p.Name)
		ages = append(ages, p.Values[0])
	}
	require.ElementsMatch(t, []string{"up to 29", "other", "60 or more", "", ""}, ages)
	all[0], all[1], all[2], all[4] = all[4], all[2], all[1], all[0]
	require.Equal(t, first, listed(all, columns))
}

func minor(n int64) *int64 { return &n }

func TestCostsAreSetAgainstTheBudgetOfTheStudy(t *testing.T) {
	c := reportedCosts([]costLine{
		{ofThis: true, kind: "incentive", planned: minor(40000), actual: minor(35000), currency: "EUR", rate: 1e6},
		{ofThis: true, kind: "venue", planned: minor(80000), actual: minor(80001), currency: "PLN", rate: 234500}, // 187.60 and, half up, 187.60
		{ofThis: true, kind: "travel", actual: minor(1000), currency: "JPY", rate: 6150},                          // 1000 yen are 6.15
		{ofThis: true, kind: "incentive", planned: minor(500), currency: "EUR", rate: 1e6},
		{kind: "venue", planned: minor(99999), actual: minor(20000), currency: "EUR", rate: 1e6},
	}, 100000, "EUR", seatCount{planned: 8, attended: 7, usable: 0})
	require.Equal(t, []string{"venue", "travel", "incentive"}, []string{c.Lines[0].Kind, c.Lines[1].Kind, c.Lines[2].Kind})
	require.Equal(t, "187.60 EUR", c.Lines[0].Actual.Shown)
	require.Equal(t, "6.15 EUR", c.Lines[1].Actual.Shown)
	require.Equal(t, "405.00 EUR", c.Lines[2].Planned.Shown)
	require.Equal(t, []int64{59260, 54375, 74375, 25625}, []int64{c.Planned.Amount, c.Actual.Amount, c.Spent.Amount, c.Left.Amount})
	require.EqualValues(t, 7408, c.Seats[0].Cost.Amount, "59260 by 8 is 7407.5")
	require.EqualValues(t, 7768, c.Seats[1].Cost.Amount, "54375 by 7 is 7767.9")
	require.Nil(t, c.Seats[2].Cost)
	require.Equal(t, "The study's budget is 1,000.00 EUR. Its groups have cost 743.75 EUR so far, this one 543.75 EUR of that: 256.25 EUR are left.", c.Sentence)

	over := reportedCosts([]costLine{{ofThis: true, kind: "other", actual: minor(150000), currency: "EUR", rate: 1e6}}, 100000, "EUR", seatCount{})
	require.Equal(t, "−500.00 EUR", over.Left.Shown)
	require.Contains(t, over.Sentence, "500.00 EUR more than the budget.")
}

func TestAmountsAreShownWithTheDigitsOfTheirCurrency(t *testing.T) {
	for want, n := range map[string]ReportedAmount{"0.05 EUR": {Amount: 5, Currency: "EUR"}, "1,234,567.89 EUR": {Amount: 123456789, Currency: "EUR"}, "−0.50 EUR": {Amount: -50, Currency: "EUR"},
		"1,000 JPY": {Amount: 1000, Currency: "JPY"}, "1.250 KWD": {Amount: 1250, Currency: "KWD"}, "12.00 QQQ": {Amount: 1200, Currency: "QQQ"}} {
		require.Equal(t, want, amountOf(n.Amount, n.Currency).Shown)
	}
	require.EqualValues(t, mostOfCost, costLine{currency: "JPY", rate: mostOfRate}.in("EUR", minor(mostOfCost)))
}

func TestASumIsThatOfTheLinesShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) costLine {
			amount := rapid.Int64Range(0, 1e10)
			return costLine{ofThis: rapid.Bool().Draw(t, "this"), kind: rapid.SampledFrom(costKinds).Draw(t, "kind"), planned: minor(amount.Draw(t, "planned")), actual: minor(amount.Draw(t, "actual")),
				currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"), rate: rapid.Int64Range(1, 1e9).Draw(t, "rate")}
		}), 0, 8).Draw(t, "lines")
		c := reportedCosts(lines, 1e9, "EUR", seatCount{8, 7, 6})
		var planned, actual int64
		for _, l := range c.Lines {
			planned, actual = planned+l.Planned.Amount, actual+l.Actual.Amount
		}
		require.Equal(t, []int64{planned, actual}, []int64{c.Planned.Amount, c.Actual.Amount})
		require.LessOrEqual(t, c.Actual.Amount, c.Spent.Amount)
		require.Equal(t, c.Budget.Amount, c.Spent.Amount+c.Left.Amount)
		require.InDelta(t, float64(actual)/7, float64(c.Seats[1].Cost.Amount), 0.51+float64(actual)*1e-15)
	})
}

func TestWhatAReportDoesNotTellIsSaid(t *testing.T) {
	s := ReportedSession{Minimum: 6}
	require.Equal(t, []string{"Nobody took part: there is nothing that customers said."}, limitsOf(s, ReportedRecruitment{Invited: 4}, nil))
	limits := limitsOf(s, ReportedRecruitment{Invited: 20, Accepted: 9, Came: 6, TookPart: 5, WalkIns: 1}, nil)
	require.Contains(t, limits[0], "a sample of 5 people said who agreed to come")
	require.Contains(t, limits[0], "does not measure how many customers think so")
	require.Contains(t, limits, "Of 20 people invited 15 did not come. They may see it differently.")
	require.Contains(t, limits, "Fewer took part than the 6 that the session was to have at least.")
	require.Contains(t, limits, "The study set no quotas: nothing tells who is missing.")
	require.Len(t, limitsOf(s, ReportedRecruitment{Invited: 8, Accepted: 8, Came: 8, TookPart: 8}, []ReportedQuota{{}}), 3)
}

func TestTimesAndCountsAreSaidInWords(t *testing.T) {
	require.Equal(t, "Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)", whenInWords("2026-11-26T18:00", "2026-11-26T19:30", "Europe/Warsaw"))
	require.Equal(t, "Thursday 26 November 2026, 23:00–Friday 27 November 2026, 00:30 (UTC)", whenInWords("2026-11-26T23:00", "2026-11-27T00:30", "UTC"))
	require.Equal(t, "said by 5 of 8", saidBy(5, 8))
	require.Equal(t, "said by 9 people", saidBy(9, 8))
	require.Equal(t, "said by 1 person", saidBy(1, 0))
	require.Equal(t, []DaySheetStep{{"18:00", "Welcome", "talk", 10}, {"18:10", "Write", "silent_writing", 80}}, timed([]ReportedStep{{Title: "Welcome", Kind: "talk", Minutes: 10}, {Title: "Write", Kind: "silent_writing", Minutes: 80}}, "2026-11-26T18:00"))
	for name, first := range map[string]string{"Anna Nowak": "Anna", "Nowak, Anna Maria": "Anna", " Jan ": "Jan", "Nowak,": "Nowak,", "": ""} {
		require.Equal(t, first, firstName(name))
	}
}
