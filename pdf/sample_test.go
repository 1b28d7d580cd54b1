package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
)

func ptr[T any](x T) *T { return &x }

var bands = []evaluation.ScoreBand{{From: 9000, Name: "Excellent"}, {From: 7500, Name: "Good"}, {From: 6000, Name: "Fair"}, {From: 0, Name: "Below standard"}}

func bandOf(basisPoints int64) string {
	return bands[slices.IndexFunc(bands, func(b evaluation.ScoreBand) bool { return basisPoints >= b.From })].Name
}

func figureOf(basisPoints int64) *evaluation.Figure {
	return &evaluation.Figure{Fraction: fmt.Sprintf("%d/10000", basisPoints), BasisPoints: basisPoints, Shown: fmt.Sprintf("%.1f", float64(basisPoints)/100)}
}

// picturesque is a JPEG that the test draws itself: a counter under a window, in another light each time.
func picturesque(n, width, height int) []byte {
	if drawn, known := pictures.Load([3]int{n, width, height}); known {
		return drawn.([]byte)
	}
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{uint8(120 + 90*y/height), uint8(110 + 20*(n%4) + 60*x/width), uint8(90 + 15*(n%7)), 255}
			if y > height*2/3 {
				c = color.RGBA{96, 66, 44, 255}
			} else if x > width/8 && x < width*3/8 && y > height/8 && y < height/2 {
				c = color.RGBA{226, 236, 240, 255}
			}
			m.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 70}); err != nil {
		panic(err)
	}
	pictures.Store([3]int{n, width, height}, out.Bytes())
	return out.Bytes()
}

var pictures sync.Map

var sampleLogo = func() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 240, 80))
	for y := range 80 {
		for x := range 240 {
			if dx, dy := x-40, y-40; dx*dx+dy*dy < 1500 {
				m.Set(x, y, color.NRGBA{11, 104, 110, 255})
			} else if x > 90 && x < 230 && y > 30 && y < 50 {
				m.Set(x, y, color.NRGBA{27, 36, 48, 200})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}()

var (
	landscapePhoto = picturesque(1, 640, 480)
	portraitPhoto  = picturesque(2, 480, 640)
)

func organisation() evaluation.ReportOrganisation {
	return evaluation.ReportOrganisation{Name: "Northwind Coffee", Accent: "#0b686e", Language: "en", CareChampion: "Maja Lindqvist, customer experience", Logo: sampleLogo,
		CarePolicy: "Every guest is greeted, served within two minutes and thanked. If something goes wrong we put it right at once, and pay for the next cup.\nTell us: we read every word."}
}

// sample is a report of n visits, made up but always alike for the same n.
func sample(n int) evaluation.BranchReport {
	chance := rand.New(rand.NewPCG(1, uint64(n)))
	r := evaluation.BranchReport{
		Organisation: organisation(),
		Branch: evaluation.ReportBranch{ID: uuid.UUID{6: 0x40, 8: 0x80}, Code: "WAW-01", Name: "Warsaw Old Town",
			Address: "ul. Piwna 12, 00-265 Warszawa", Region: "Mazovia"},
		Period: evaluation.Period{From: "2026-01-01", To: "2026-03-31"},
		Method: "Only approved visits are counted. The average is the mean of the visits' scores; each visit counts the same. The interval is Student's t with 31 degrees of freedom, cut at 0 and 100%. Fewer than 12 visits do not tell their own spread: the standard deviation, 9.4 points, is pooled over our branches with at least two visits in January – March 2026.",
		Mean:   evaluation.ReportMean{N: n, Method: evaluation.IntervalNone, Sentence: "There is no approved visit in this period."},
		View:   "3f9a0c5be1d7",
	}
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"} {
		r.Grid.Days = append(r.Grid.Days, evaluation.ReportGridDay{Weekday: day})
	}
	r.Grid.Holes, r.Grid.Sentence = 21, "No visit fell into any of the 21 fields."
	r.Target = &evaluation.ReportTarget{Score: 8500, Shown: "85.0", By: "2026-03-20", Why: "The branch is the first that tourists see; it should be as good as our best.", Standing: evaluation.TargetCannotBeTold,
		Sentence: "Whether 85.0% will be reached cannot be told yet: fewer than three visits."}
	if n == 0 {
		return r
	}
	r.Checklist = &evaluation.ReportUse{Title: "Café visit, full journey", Versions: []int{1, 2}[:min(2, 1+n/3)], N: n}
	r.Bands = slices.Clone(bands)
	sampleVisits(&r, n, chance)
	r.Sections = sampleParts(n, chance, "Outside and entrance", "Welcome", "Your order", "The room", "Payment", "Farewell")
	r.Sections[5].OutsideTotal = true
	r.Touchpoints = sampleParts(n, chance, "Awareness", "Purchase", "After-sale")
	r.Needs = sampleParts(n, chance, "Friendliness", "Understanding and empathy", "Information")
	r.Standards = []evaluation.ReportStandard{
		{ID: "a", Kind: "timeliness", Text: "We serve you within two minutes", Kept: n * 2 / 3, N: n},
		{ID: "b", Kind: "accuracy", Text: "You get what you ordered", Kept: n, N: n},
		{ID: "c", Kind: "appropriateness", Text: "Your table is clean when you sit down, and the staff notice when it is not", Kept: 0, N: n}}
	r.OtherChecklists = []evaluation.ReportUse{{Title: "Telephone check", Versions: []int{3}, N: 2, Unscored: 1}}
	r.Coverage = &evaluation.ReportCoverage{Mean: 0.942, Shown: "94.2", Lowest: "79.0", Highest: "88.5",
		Sentence: "On average 94.2% of what could be scored was. Had every N/A been the lowest answer the average would be 79.0%, had it been the highest 88.5%."}
	r.Grid.Sentence = fmt.Sprintf("No visit fell into %d of the 21 fields; the figures say nothing of those hours.", r.Grid.Holes)
	r.Words = []evaluation.ReportWords{
		{Day: r.Visits[n-1].Day, Question: "Describe your visit in your own words", Text: "A lovely, calm place. The barista noticed that I was looking for a socket and pointed me to the table by the window before I could ask."},
		{Day: r.Visits[0].Day, Question: "What happened instead of a greeting?", Text: "Two members of staff were talking about the rota. I stood at the counter for a while.\nThen one of them asked “Next?” without looking up."}}
	r.Change = &evaluation.ReportChange{Before: evaluation.Period{From: "2025-10-03", To: "2025-12-31"}, N: 1, Verdict: evaluation.ChangeCannotBeTold,
		Sentence: fmt.Sprintf("No change can be told: that takes three visits in each period, and there were %d from 1 January to 31 March 2026 and 1 in the one before.", n)}
	if n < 3 {
		r.Mean.Sentence = fmt.Sprintf("One visit scored %s%%. An average is given from three visits on.", r.Visits[0].Score.Shown)
		if n == 2 {
			r.Mean.Sentence = fmt.Sprintf("Two visits scored %s%% and %s%%. An average is given from three visits on.", r.Visits[0].Score.Shown, r.Visits[1].Score.Shown)
		}
		r.Method = "Only approved visits are counted. Below three visits there are single results and no average."
		return r
	}
	sampleFindings(&r, n)
	return r
}

func sampleVisits(r *evaluation.BranchReport, n int, chance *rand.Rand) {
	parts := []string{evaluation.Before12, evaluation.From12To17, evaluation.After17}
	for i := range n {
		points := 6600 + chance.Int64N(3200)
		day := time.Date(2026, 1, 5+i*80/max(n, 2), 0, 0, 0, 0, time.UTC)
		v := evaluation.ReportVisit{
			EvaluationID: uuid.UUID{6: 0x40, 8: 0x80, 15: byte(i)}, Day: day.Format(time.DateOnly), PartOfDay: parts[chance.IntN(3)], Version: 1 + i/2*2/n,
			Score: figureOf(points), Calculated: figureOf(points), Coverage: figureOf(9000 + chance.Int64N(1001)), Band: bandOf(points), Outcome: "passed",
		}
		if points < 7200 {
			v.Outcome = "failed"
		}
		field := &r.Grid.Days[(int(day.Weekday())+6)%7]
		switch v.PartOfDay {
		case evaluation.Before12:
			field.Before12++
		case evaluation.From12To17:
			field.From12To17++
		default:
			field.After17++
		}
		r.Visits = append(r.Visits, v)
	}
	r.Grid.Holes = 0
	for _, day := range r.Grid.Days {
		for _, count := range []int{day.Before12, day.From12To17, day.After17} {
			if count == 0 {
				r.Grid.Holes++
			}
		}
	}
}

func sampleParts(n int, chance *rand.Rand, titles ...string) (parts []evaluation.ReportPart) {
	for i, name := range titles {
		p := evaluation.ReportPart{ID: fmt.Sprint("p", i), Title: name, N: n}
		mean := 0.6 + chance.Float64()*0.35
		if n < 3 {
			for range n {
				p.Single = append(p.Single, fmt.Sprintf("%.1f", 60+chance.Float64()*40))
			}
		} else {
			p.Mean, p.Shown, p.Lowest, p.Highest = ptr(mean), fmt.Sprintf("%.1f", mean*100), ptr(max(mean-0.3, 0)), ptr(min(mean+0.2, 1))
		}
		parts = append(parts, p)
	}
	return parts
}

// sampleFindings are what a report has from three visits on.
func sampleFindings(r *evaluation.BranchReport, n int) {
	sum := 0.0
	for _, v := range r.Visits {
		sum += float64(v.Score.BasisPoints) / 1e4
	}
	mean, margin := sum/float64(n), 0.3/float64(n)
	if n >= 12 {
		margin = 0.034
	}
	low, high := mean-margin, min(mean+margin, 1)
	r.Mean = evaluation.ReportMean{N: n, Mean: ptr(mean), Low: ptr(low), High: ptr(high), Margin: ptr(margin),
		Shown: fmt.Sprintf("%.1f", mean*100), Band: bandOf(int64(mean * 1e4)), Method: evaluation.IntervalPooled, StandardDeviation: ptr(0.094), DegreesOfFreedom: 31,
		Sentence: fmt.Sprintf("%d visits scored %.1f%% on average. With 95%% confidence the branch's usual level lies between %.1f%% and %.1f%%.", n, mean*100, low*100, high*100)}
	r.Target.Standing, r.Target.Sentence = evaluation.TargetOnTheWay, "85.0% is to be reached by 20 March 2026: the whole interval is still below it."
	r.Change = &evaluation.ReportChange{N: 6, Mean: ptr(0.744), Shown: "74.4", Difference: ptr(mean - 0.744), Margin: ptr(0.05), Verdict: evaluation.ChangeHigher,
		Sentence: "The average is higher than in the 90 days before: 81.9% after 74.4%. The difference of +7.5 points is beyond the ±5.0 that chance alone explains."}
	r.Comparisons = []evaluation.ReportComparison{
		{Scope: evaluation.ScopeRegion, Name: "Mazovia", N: 41, Mean: ptr(0.79), Low: ptr(0.76), High: ptr(0.82), Shown: "79.0", Verdict: evaluation.Overlaps, Sentence: "No difference to Mazovia (79.0%, 41 visits) can be told: the intervals overlap."},
		{Scope: evaluation.ScopeNetwork, Name: "All our branches", N: 160, Mean: ptr(0.815), Low: ptr(0.80), High: ptr(0.83), Shown: "81.5", Verdict: evaluation.Overlaps, Sentence: "No difference to all our branches (81.5%, 160 visits) can be told: the intervals overlap."},
		{Scope: evaluation.ScopeCompetitors, Name: "Competitors", N: 24, Mean: ptr(0.68), Low: ptr(0.63), High: ptr(0.73), Shown: "68.0", Verdict: evaluation.Above, Sentence: "The branch is above the competitors (68.0%, 24 visits): the intervals do not overlap."},
	}
	for i := range r.Standards {
		s := &r.Standards[i]
		share := float64(s.Kept) / float64(s.N)
		s.Low, s.High = ptr(max(share-0.2, 0)), ptr(min(share+0.2, 1))
		s.Sentence = fmt.Sprintf("Kept in %d of %d visits.", s.Kept, s.N)
	}
	photo := func(i int, jpeg []byte, question string) evaluation.ReportPhoto {
		return evaluation.ReportPhoto{EvaluationID: r.Visits[i].EvaluationID, Number: i, Day: r.Visits[i].Day, Question: question, JPEG: jpeg}
	}
	r.Rule = "Strengths are questions that earned at least 90% of their points in three visits or more, by weight. What to work on is what cost most of the score on average, from half a point on."
	r.Strengths = []evaluation.ReportPoint{
		{QuestionID: "right", Question: "Did you get what you ordered?", Section: "Your order", Touchpoint: "Purchase", Need: "Fairness", Standard: "You get what you ordered", N: n, Share: 1, Shown: "100.0", CostShown: "0.0",
			Answers: []evaluation.ReportAnswerCount{{Text: "Yes", N: n}, {Text: "No", N: 0}},
			Words:   []evaluation.ReportWords{{Day: r.Visits[1].Day, Question: "Describe", Text: "She repeated my order, asked whether the oat milk was because of an allergy, and got everything right."}}},
		{QuestionID: "front", Question: "How inviting did it look from outside?", Section: "Outside and entrance", Touchpoint: "Awareness", N: n, Share: 0.96, Shown: "96.0", CostShown: "0.2",
			Answers: []evaluation.ReportAnswerCount{{Text: "5 of 5", N: n - 1}, {Text: "4 of 5", N: 1}},
			Photos:  []evaluation.ReportPhoto{photo(0, landscapePhoto, "The front of the café"), photo(1, portraitPhoto, "The front of the café"), photo(2, nil, "The front of the café")}},
	}
	third := max(n/3, 1)
	r.ToWorkOn = []evaluation.ReportPoint{
		{QuestionID: "wait", Question: "How long did you wait to be served?", Section: "Welcome", Touchpoint: "Purchase", Need: "Control", Standard: "We serve you within two minutes", N: n, Share: 0.571, Shown: "57.1", Cost: 0.046, CostShown: "4.6",
			Answers: []evaluation.ReportAnswerCount{{Text: "up to 2 min", N: n - 2*third + 1}, {Text: "up to 5 min", N: third}, {Text: "longer", N: third - 1}},
			Words: []evaluation.ReportWords{
				{Day: r.Visits[2].Day, Question: "Why", Text: "The queue was four people long and only one till was open, although three members of staff stood behind the counter."},
				{Day: r.Visits[0].Day, Question: "Why", Text: "I was asked to wait “a second”. It took six minutes."}},
			Photos: []evaluation.ReportPhoto{photo(0, landscapePhoto, "The queue when you came in")}},
		{QuestionID: "allergy", Question: "Was the list of allergens at hand when you asked?", Section: "Your order", Need: "Information", N: n, Share: 0.7, Shown: "70.0", Cost: 0.021, CostShown: "2.1", Failed: third,
			Answers: []evaluation.ReportAnswerCount{{Text: "Yes", N: n - third}, {Text: "No", N: third}}},
	}
}

// crowded is the sample with names as long and as foreign as they come, twelve photos and a comment of 5,000 characters.
func crowded(n int) evaluation.BranchReport {
	r := sample(n)
	r.Organisation.Name = strings.Repeat("Zjednoczone Kawiarnie Środkowej Europy ", 3)
	r.Organisation.Accent = "#ffe600"
	r.Branch.Name = "Zażółć gęślą jaźń – " + strings.Repeat("Ελληνικά Кириллица ", 5) + "☕👍🏽"
	r.Branch.Address = strings.Repeat("ulica Świętego Krzyża 12345678901234567890 ", 9)
	r.Branch.Region = "Kujawsko-Pomorskie"
	if r.Checklist == nil {
		return r
	}
	r.Checklist.Title = strings.Repeat("Ολόκληρη η διαδρομή του πελάτη ", 4)
	r.Sections[1].Title = strings.Repeat("Обслуживание и вежливость ", 5)
	r.Sections[2].Title = strings.Repeat("Donaudampfschifffahrtsgesellschaft", 4)
	r.OtherChecklists[0].Title = strings.Repeat("Sprawdzian telefoniczny ", 5)
	r.Standards[1].Text = strings.Repeat("Das bestellte Getränk wird richtig gebracht ", 5)
	r.Bands[1].Name = "Dobrze, a nawet lepiej, niż się spodziewaliśmy"
	for i := range r.Visits {
		if r.Visits[i].Band == "Good" {
			r.Visits[i].Band = r.Bands[1].Name
		}
	}
	r.Mean.Band = r.Bands[1].Name
	r.Words = append(r.Words, evaluation.ReportWords{Day: "2026-02-30", Question: strings.Repeat("Opisz swoją wizytę ", 12), Text: strings.Repeat("Długi opis wizyty ☕ \xff Кофе был хороший. ", 120)})
	for i := range r.ToWorkOn {
		p := &r.ToWorkOn[i]
		p.Question, p.Section = strings.Repeat("Πόση ώρα περιμένατε; ", 6), r.Sections[2].Title
		p.Answers = append(p.Answers, evaluation.ReportAnswerCount{Text: strings.Repeat("bardzo długo ", 12), N: 1})
		for j := range 12 {
			size := [][2]int{{320, 240}, {240, 320}, {900, 90}, {60, 600}}[j%4]
			p.Photos = append(p.Photos, evaluation.ReportPhoto{Day: "2026-01-02", Question: strings.Repeat("Zdjęcie ", 10), JPEG: picturesque(j, size[0], size[1])})
		}
		p.Words = append(p.Words, evaluation.ReportWords{Day: "2026-01-09", Text: strings.Repeat("Słowo daję, czekaliśmy wieczność. ", 150)})
	}
	return r
}

// visited is a report of one visit with sections of about ten questions and, in all, so many photos.
func visited(sections, photos int) evaluation.EvaluationReport {
	r := evaluation.EvaluationReport{
		Organisation: organisation(), EvaluationID: uuid.UUID{6: 0x40, 8: 0x80}, ChecklistTitle: "Café visit, full journey", Bands: slices.Clone(bands),
		Branch: evaluation.ReportBranch{Code: "WAW-01", Name: "Warsaw Old Town", Address: "ul. Piwna 12, 00-265 Warszawa", Region: "Mazovia"},
		Visit: evaluation.ReportVisit{Day: "2026-03-06", PartOfDay: evaluation.From12To17, Version: 2, Score: figureOf(5000), Calculated: figureOf(8410), Outcome: "failed",
			Coverage: figureOf(9230), Bounds: &evaluation.Bounds{Lowest: figureOf(7900), Highest: figureOf(8640)}, Band: "Below standard"},
		Failures:  []string{"Was the list of allergens at hand when you asked?"},
		Standards: []evaluation.ReportStandard{{Text: "We serve you within two minutes", Kept: 1, N: 1}, {Text: "You get what you ordered", Kept: 0, N: 1}},
		Method:    "The score is the weighted mean of the sections; a critical failure caps it at 50%.",
		View:      "9c0d44aa01be",
	}
	names := []string{"Outside and entrance", "Welcome", "Your order", "The room", "Payment", "Farewell"}
	yes, no := true, false
	for i := range sections {
		s := evaluation.EvaluationSection{ID: fmt.Sprint("s", i), Title: names[i%len(names)], Touchpoint: "Purchase", Score: figureOf(int64(4000 + i*1300%6001))}
		s.Answers = []evaluation.EvaluationAnswer{
			{Type: "choice", Question: "Could you find the café easily?", Answer: "Yes, at once", Counted: true, Earned: 2e6, Possible: 2e6, Need: "information"},
			{Type: "duration", Question: "How long did you wait to be served?", Answer: "1 min 35 s", Counted: true, Earned: 3e6, Possible: 3e6, Kept: &yes, Standard: "We serve you within two minutes"},
			{Type: "choice", Question: "Was the list of allergens at hand when you asked?", Answer: "No", Counted: true, Possible: 2e6, Fails: true, Kept: &no},
			{Type: "scale", Question: "How friendly was the service?", Answer: "4 of 5", Counted: true, Earned: 1.5e6, Possible: 3e6},
			{Type: "choices", Question: "Was anything special?", Answer: "I was offered a taste · They remembered my order", Counted: true, Bonus: true, Earned: 2e6},
			{Type: "scale", Question: "How clean was the toilet?", NA: true},
			{Type: "time", Question: "When did you come in?", Answer: "12–17"},
			{Type: "text", Question: "Describe your visit in your own words", Answer: "A calm place on a rainy afternoon. The cup was warm, the spoon was not clean; I asked for another one and got it with a smile.\nI would come again."},
		}
		r.Sections = append(r.Sections, s)
	}
	for i := range photos {
		shape := [][]byte{landscapePhoto, portraitPhoto, nil}[i%3]
		s := &r.Sections[i%sections]
		if i < sections {
			s.Answers = append(s.Answers, evaluation.EvaluationAnswer{Type: "photo", Question: "The front of the café"})
		}
		a := &s.Answers[len(s.Answers)-1]
		a.Photos = append(a.Photos, evaluation.ReportPhoto{Number: i, Day: "2026-03-06", Question: "The front of the café", JPEG: shape})
	}
	return r
}

// crowdedVisit is a visit with long and foreign texts.
func crowdedVisit() evaluation.EvaluationReport {
	r := visited(6, 12)
	r.Preview = true
	r.Organisation, r.Branch = crowded(0).Organisation, crowded(0).Branch
	r.ChecklistTitle = strings.Repeat("Ολόκληρη η διαδρομή ", 6)
	r.Failures = append(r.Failures, strings.Repeat("Czy karta alergenów była pod ręką? ", 20))
	for i := range r.Sections {
		s := &r.Sections[i]
		s.Title = strings.Repeat("Обслуживание и вежливость ", 5)
		s.Answers[0].Question = strings.Repeat("Czy łatwo było znaleźć kawiarnię? ", 30)
		s.Answers[1].Answer = strings.Repeat("odpowiedź ", 15)
		if i > 1 {
			continue
		}
		s.Answers[7].Answer = strings.Repeat("Długi opis wizyty ☕ \xff Кофе был хороший.\n", 120)
	}
	return r
}
