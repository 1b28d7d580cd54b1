package pdf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
)

// sample is a report of n visits, made up but always alike for the same n.
func sample(n int) evaluation.BranchReport {
	chance := rand.New(rand.NewPCG(1, uint64(n)))
	sections := []string{"Outside and entrance", "Welcome", "Advice and needs", "Offer", "Payment", "Farewell"}
	r := evaluation.BranchReport{
		Organisation: evaluation.ReportOrganisation{Name: "Northwind Coffee", Accent: "#0b686e", Language: "en"},
		Branch: evaluation.ReportBranch{ID: uuid.UUID{6: 0x40, 8: 0x80}, Code: "WAW-01", Name: "Warsaw Old Town",
			Address: "ul. Piwna 12, 00-265 Warszawa", Region: "Mazovia"},
		Period: evaluation.Period{From: "2026-01-01", To: "2026-03-31"},
		Method: "Only approved visits are counted. The average is the mean of the visits' scores; each visit counts the same. The interval is Student's t with 31 degrees of freedom, cut at 0 and 100%. Fewer than 12 visits do not tell their own spread: the standard deviation, 9.4 points, is pooled over our branches with at least two visits in January – March 2026.",
		Mean:   evaluation.ReportMean{N: n, Method: evaluation.IntervalNone, Sentence: "There is no approved visit in this period."},
	}
	if n == 0 {
		return r
	}
	r.Checklist = &evaluation.ReportUse{Title: "Branch visit, full journey", Versions: []int{1, 2}[:min(2, 1+n/3)], N: n}
	r.Bands = []evaluation.ScoreBand{{From: 9000, Name: "Excellent"}, {From: 7500, Name: "Good"}, {From: 0, Name: "Below standard"}}
	band := func(points int64) string {
		for _, b := range r.Bands {
			if points >= b.From {
				return b.Name
			}
		}
		return ""
	}
	figure := func(points int64) *evaluation.Figure {
		return &evaluation.Figure{Fraction: fmt.Sprintf("%d/10000", points), BasisPoints: points, Shown: fmt.Sprintf("%.1f", float64(points)/100)}
	}
	parts := []string{evaluation.Before12, evaluation.From12To17, evaluation.After17}
	sum := 0.0
	for i := range n {
		points := 6800 + chance.Int64N(3000)
		sum += float64(points) / 1e4
		v := evaluation.ReportVisit{
			EvaluationID: uuid.UUID{6: 0x40, 8: 0x80, 15: byte(i)},
			Day:          time.Date(2026, 1, 5+i*80/max(n, 2), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			PartOfDay:    parts[chance.IntN(3)], Version: 1 + i/2*2/n, Score: figure(points), Band: band(points), Outcome: "passed",
		}
		if points < 7200 {
			v.Outcome = "failed"
		}
		for j := range sections {
			v.Sections = append(v.Sections, evaluation.ReportSectionScore{ID: fmt.Sprint("s", j), Score: figure(min(10000, 5000+int64(j)*700+chance.Int64N(3500)))})
		}
		r.Visits = append(r.Visits, v)
	}
	at := func(x float64) *float64 { return &x }
	for j, name := range sections {
		s := evaluation.ReportPart{ID: fmt.Sprint("s", j), Title: name, N: n}
		low, high, total := 2.0, 0.0, 0.0
		for _, v := range r.Visits {
			x := float64(v.Sections[j].Score.BasisPoints) / 1e4
			low, high, total = min(low, x), max(high, x), total+x
		}
		s.Lowest, s.Highest = at(low), at(high)
		if n >= 3 {
			s.Mean, s.Shown = at(total/float64(n)), fmt.Sprintf("%.1f", total/float64(n)*100)
		}
		r.Sections = append(r.Sections, s)
	}
	r.OtherChecklists = []evaluation.ReportUse{{Title: "Telephone check", Versions: []int{3}, N: 2, Unscored: 1}}
	if n < 3 {
		r.Mean.Sentence = fmt.Sprintf("One visit scored %s%%. An average is given from three visits on.", r.Visits[0].Score.Shown)
		if n == 2 {
			r.Mean.Sentence = fmt.Sprintf("Two visits scored %s%% and %s%%. An average is given from three visits on.", r.Visits[0].Score.Shown, r.Visits[1].Score.Shown)
		}
		r.Method = "Only approved visits are counted. Below three visits there are single results and no average."
		return r
	}
	mean := sum / float64(n)
	margin := 0.3 / float64(n)
	if n >= 12 {
		margin = 0.02
	}
	r.Mean = evaluation.ReportMean{N: n, Mean: at(mean), Low: at(mean - margin), High: at(min(mean+margin, 1)), Margin: at(margin),
		Shown: fmt.Sprintf("%.1f", mean*100), Band: band(int64(mean * 1e4)), Method: evaluation.IntervalPooled, StandardDeviation: at(0.094), DegreesOfFreedom: 31,
		Sentence: fmt.Sprintf("%d visits scored %.1f%% on average. With 95%% confidence the branch's usual level lies between %.1f%% and %.1f%%.", n, mean*100, (mean-margin)*100, min(mean+margin, 1)*100)}
	return r
}

// crowded is the sample with names as long and as foreign as they come.
func crowded(n int) evaluation.BranchReport {
	r := sample(n)
	r.Organisation.Name = strings.Repeat("Zjednoczone Kawiarnie Środkowej Europy ", 3)
	r.Branch.Name = "Zażółć gęślą jaźń – " + strings.Repeat("Ελληνικά Кириллица ", 5) + "☕👍🏽"
	r.Branch.Address = strings.Repeat("ulica Świętego Krzyża 12345678901234567890 ", 9)
	r.Branch.Region = "Kujawsko-Pomorskie"
	if r.Checklist != nil {
		r.Checklist.Title = strings.Repeat("Ολόκληρη η διαδρομή του πελάτη ", 4)
		r.Sections[1].Title = strings.Repeat("Обслуживание и вежливость ", 5)
		r.Sections[2].Title = strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4)
		r.OtherChecklists[0].Title = strings.Repeat("Sprawdzian telefoniczny ", 5)
		r.Bands[1].Name = "Dobrze, a nawet lepiej, niż się spodziewaliśmy"
		for i := range r.Visits {
			if r.Visits[i].Band == "Good" {
				r.Visits[i].Band = r.Bands[1].Name
			}
		}
		r.Mean.Band = r.Bands[1].Name
	}
	return r
}
