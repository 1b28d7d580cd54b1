package scheduling

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var thursday = time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)

func TestQuotasCountThoseWhomTheyName(t *testing.T) {
	travel, age := uuid.New(), uuid.New()
	has := func(travels, years string) map[string]string {
		return map[string]string{travel.String(): travels, age.String(): years}
	}
	require.True(t, Quota{AttributeID: travel, Value: "By tram"}.Covers(has("by Tram", "")))
	require.False(t, Quota{AttributeID: travel, Value: "by tram"}.Covers(has("by car", "")))
	require.False(t, Quota{AttributeID: travel, Value: "by tram"}.Covers(nil))
	adults := Quota{AttributeID: age, From: "18", To: "35"}
	for years, covered := range map[string]bool{"17.999999": false, "18": true, "35": true, "35.5": false, "": false, "9": false, "old": false} {
		require.Equal(t, covered, adults.Covers(has("", years)), years)
	}
	born := Quota{AttributeID: age, To: "1990-05-31"}
	require.True(t, born.Covers(has("", "1990-05-31")))
	require.False(t, born.Covers(has("", "1990-06-01")))
}

func TestAFullHardQuotaLeavesNoRoomAndASoftOneDoes(t *testing.T) {
	travel := uuid.New()
	tram, car := map[string]string{travel.String(): "tram"}, map[string]string{travel.String(): "car"}
	hard := []Quota{{AttributeID: travel, Value: "tram", Target: 1, Hard: true}}
	require.Equal(t, "the quota “tram” is full: 1 of 1", fullFor(filled(hard, []map[string]string{tram}), tram))
	require.Empty(t, fullFor(filled(hard, []map[string]string{tram}), car))
	require.Empty(t, fullFor(filled(hard, []map[string]string{car}), tram))
	soft := []Quota{{AttributeID: travel, Value: "tram", Target: 1}}
	standing := filled(soft, []map[string]string{tram, tram})
	require.Equal(t, 2, standing[0].Taken)
	require.True(t, standing[0].Full)
	require.Empty(t, fullFor(standing, tram))
}

func TestAQuotaNamesAValueOrARange(t *testing.T) {
	require.Empty(t, Quota{Value: "tram", Target: 1}.faults())
	require.Empty(t, Quota{From: "18", To: "35", Target: 1}.faults())
	for _, wrong := range []Quota{{Target: 1}, {Value: "x", From: "1", Target: 1}, {From: "35", To: "18", Target: 1}, {From: "1e9", Target: 1}, {Value: "x"}, {From: "1/2", Target: 1}} {
		require.Len(t, wrong.faults(), 1, "%+v", wrong)
	}
}

func TestEachRuleLeavesOutWhomItNamesAndSaysWhy(t *testing.T) {
	took := func(monthsBefore int, topic string) candidate {
		return candidate{past: []pastSession{{topic: topic, at: thursday.AddDate(0, -monthsBefore, 1)}}}
	}
	missed := candidate{past: []pastSession{{at: thursday.AddDate(0, -1, 0), noShow: true}, {at: thursday.AddDate(-1, 0, 0), noShow: true}}}
	kowalski := candidate{household: "Kowalski 5", employer: "Acme"}
	for _, c := range []struct {
		rule   Exclusion
		who    candidate
		seated []candidate
		why    string
	}{
		{Exclusion{Rule: RecentlyTookPart, Months: 6}, took(6, "Bills"), nil, "took part in a group on 27 May 2026, less than 6 months before this one"},
		{Exclusion{Rule: RecentlyTookPart, Months: 6}, took(7, "Bills"), nil, ""},
		{Exclusion{Rule: RecentlyTookPart}, took(70, "Bills"), nil, "took part in a group on 27 January 2021"},
		{Exclusion{Rule: RecentlyTookPart}, missed, nil, ""},
		{Exclusion{Rule: SameTopic}, took(30, "queues"), nil, "took part in a group on the same topic on 27 May 2024"},
		{Exclusion{Rule: SameTopic}, took(30, "Bills"), nil, ""},
		{Exclusion{Rule: NoShows, Times: 2}, missed, nil, "did not come 2 times"},
		{Exclusion{Rule: NoShows, Times: 2, Months: 6}, missed, nil, ""},
		{Exclusion{Rule: SameHousehold}, kowalski, []candidate{{household: "kowalski 5 "}}, "somebody of the same household has a seat"},
		{Exclusion{Rule: SameHousehold}, candidate{}, []candidate{{}}, ""},
		{Exclusion{Rule: SameEmployer}, kowalski, []candidate{{employer: "ACME"}}, "somebody of the same employer has a seat"},
		{Exclusion{Rule: SameEmployer}, kowalski, []candidate{{household: "Acme"}}, ""},
	} {
		require.Equal(t, c.why, excluded([]Exclusion{c.rule}, c.who, "Queues", thursday, c.seated), "%+v", c)
	}
	require.Equal(t, doesNotWant, excluded(nil, candidate{doNotContact: true}, "Queues", thursday, nil))
}

func TestAnExclusionSaysOnlyWhatItsRuleNeeds(t *testing.T) {
	require.Empty(t, Exclusion{Rule: RecentlyTookPart, Months: 6}.faults())
	require.Empty(t, Exclusion{Rule: NoShows, Times: 2}.faults())
	for _, wrong := range []Exclusion{{Rule: "tall"}, {Rule: SameHousehold, Months: 6}, {Rule: NoShows}, {Rule: SameTopic, Times: 1}, {Rule: SameTopic, Months: -1}} {
		require.Len(t, wrong.faults(), 1, "%+v", wrong)
	}
}

func TestScreeningWantsOneOptionOfEveryQuestion(t *testing.T) {
	retail := []ScreeningQuestion{{ID: "retail", Text: "Do you work in retail?", Options: []ScreeningOption{{ID: "yes", Text: "Yes", Out: true}, {ID: "no", Text: "No"}}}}
	require.Empty(t, screeningFaults(retail))
	for answer, screenedOut := range map[string]bool{"yes": true, "no": false} {
		out, faults := screen(retail, map[string]string{"retail": answer})
		require.Empty(t, faults)
		require.Equal(t, screenedOut, out)
	}
	for _, wrong := range []map[string]string{nil, {"retail": "maybe"}, {"retail": ""}, {"retail": "no", "age": "7"}} {
		_, faults := screen(retail, wrong)
		require.Len(t, faults, 1, "%v", wrong)
	}
	require.Len(t, screeningFaults([]ScreeningQuestion{{ID: "Retail?", Options: []ScreeningOption{{ID: "a", Out: true}, {ID: "a", Out: true}}}}), 6)
}
