package evaluation

import (
	"math/big"

	"github.com/google/uuid"
)

// EngineVersion is stored with every score: it counts changes of the rules below that can change a figure.
const EngineVersion = 1

// The outcomes of a visit to a checklist with critical questions.
const (
	OutcomePassed = "passed"
	OutcomeFailed = "failed"
)

// Score is what a visit's answers come to, with everything that it rests on. All of it is exact. Points earned and
// possible are decimals here, in whole points (a checklist keeps them in hundredths).
type Score struct {
	ChecklistID      uuid.UUID `json:"checklist_id"`
	ChecklistVersion int       `json:"checklist_version"`
	EngineVersion    int       `json:"engine_version"`
	Method           string    `json:"method" enum:"points,weighted_sections"`
	Critical         string    `json:"critical" enum:"stands,zero,cap" doc:"What a critical failure does to the score"`
	CriticalCap      *int64    `json:"critical_cap,omitempty" doc:"In basis points"`
	CapBonus         bool      `json:"cap_bonus" doc:"Whether bonus may not lift the total above 100 %"`

	Earned     Decimal         `json:"earned" doc:"Weighted points, bonus included, of the sections inside the total"`
	Possible   Decimal         `json:"possible" doc:"Weighted points of what counted inside the total, without bonus"`
	Calculated *Figure         `json:"calculated,omitempty" doc:"Before the policy for critical failures; absent when there is no score"`
	Score      *Figure         `json:"score,omitempty" doc:"Absent when nothing counted: no score is neither 0 nor 100"`
	Outcome    string          `json:"outcome,omitempty" enum:"passed,failed" doc:"Absent when the checklist has nothing critical"`
	Band       string          `json:"band,omitempty" doc:"The name of the score's band"`
	Coverage   *Figure         `json:"coverage,omitempty" doc:"How much of what could be scored was; absent when nothing visible could be"`
	Bounds     *Bounds         `json:"bounds,omitempty" doc:"Absent when there is no score even without N/A"`
	Sections   []SectionScore  `json:"sections"`
	Questions  []QuestionScore `json:"questions" doc:"Those that are scored, critical, or test a standard"`
}

// Bounds is the calculated score had every N/A, and every scored question left empty, been answered: with the lowest
// answer, and with the highest. What is visible stays as it is.
type Bounds struct {
	Lowest  *Figure `json:"lowest"`
	Highest *Figure `json:"highest"`
}

// SectionScore is the part of one section, by points and not capped.
type SectionScore struct {
	ID       string  `json:"id"`
	Weight   Decimal `json:"weight" doc:"0 is outside the total; by points any other weight is the same"`
	Earned   Decimal `json:"earned"`
	Possible Decimal `json:"possible"`
	Score    *Figure `json:"score,omitempty" doc:"Absent when the section has nothing possible"`
	Coverage *Figure `json:"coverage,omitempty" doc:"Absent when nothing visible in it could be scored"`
}

// QuestionScore is the part of one question, before its weight.
type QuestionScore struct {
	ID       string  `json:"id"`
	Visible  bool    `json:"visible,omitempty"`
	NA       bool    `json:"na,omitempty" doc:"Answered with N/A, or scored and left empty"`
	Counted  bool    `json:"counted,omitempty" doc:"Scored, visible, answered, and not N/A"`
	Bonus    bool    `json:"bonus,omitempty"`
	Fails    bool    `json:"fails,omitempty" doc:"Whether the answer is a critical failure"`
	Kept     *bool   `json:"kept,omitempty" doc:"Whether the answer says that the standard was kept; absent when it says nothing"`
	Weight   Decimal `json:"weight"`
	Earned   Decimal `json:"earned"`
	Possible Decimal `json:"possible" doc:"The best answer; 0 for penalties"`
}

// Millionths is the score rounded half up to millionths, for sums over many visits; false when there is no score. One
// above 1000 %, to which no checklist leads that may be published, is cut there, so that sums cannot overflow.
func (s Score) Millionths() (int64, bool) {
	if s.Score == nil {
		return 0, false
	}
	exact := s.Score.Rat()
	if limit := big.NewRat(maxScore, 1); exact.Cmp(limit) > 0 {
		exact = limit
	}
	return roundHalfUp(exact, int64(one)).Int64(), true
}

// Score scores answers. Those to hidden questions are as if they were not there.
//
// A question counts when it is scored and visible and its answer is not N/A; one left empty is as one answered N/A. The
// outcome is failed when the answer to a visible question fails. There is a score when anything possible counted.
func (v *Version) Score(answers Answers) Score {
	t := v.tally(answers)
	s := v.blank()
	s.Questions = t.questions
	s.Sections = make([]SectionScore, len(t.actual))
	var inside sums
	for i, sum := range t.actual {
		section := &v.Document.Sections[i]
		s.Sections[i] = SectionScore{
			ID: section.ID, Weight: hundredths(section.weight()),
			Earned: weighted(sum.total()), Possible: weighted(sum.possible),
			Score: newFigure(sum.share(), v.Document.Scoring.Bands), Coverage: newFigure(sum.coverage(), nil),
		}
		if section.weight() > 0 {
			inside.earned += sum.total()
			inside.possible += sum.possible
			inside.open += sum.open
		}
	}
	s.Earned, s.Possible, s.Coverage = weighted(inside.earned), weighted(inside.possible), newFigure(inside.coverage(), nil)
	v.conclude(&s, v.calculated(t.actual), t.failed)
	if lowest, highest := v.calculated(t.lowest), v.calculated(t.highest); lowest != nil {
		bands := v.Document.Scoring.Bands
		s.Bounds = &Bounds{newFigure(lowest, bands), newFigure(highest, bands)}
	}
	return s
}

// blank is a score that says only what made it.
func (v *Version) blank() Score {
	scoring := v.Document.Scoring
	return Score{
		ChecklistID: v.ChecklistID, ChecklistVersion: v.Number, EngineVersion: EngineVersion,
		Method: scoring.method(), Critical: scoring.critical(), CriticalCap: scoring.CriticalCap, CapBonus: scoring.CapBonus,
	}
}

// calculated is the total before the policy for critical failures: by points what was earned ÷ what was possible, by
// weighted sections the weighted mean of the sections with anything possible. Sections of weight 0 are outside. Bonus is
// cut at 100 % where the checklist says so, and nothing goes below 0. It is nil when nothing possible counted.
func (v *Version) calculated(sections []sums) *big.Rat {
	var total *big.Rat
	if v.Document.Scoring.method() == MethodWeightedSections {
		total = v.bySections(sections)
	} else {
		total = v.byPoints(sections)
	}
	if total == nil {
		return nil
	}
	if full := big.NewRat(1, 1); v.Document.Scoring.CapBonus && total.Cmp(full) > 0 {
		return full
	}
	if total.Sign() < 0 {
		return new(big.Rat)
	}
	return total
}

func (v *Version) byPoints(sections []sums) *big.Rat {
	var earned, possible int64
	for i, s := range sections {
		if v.Document.Sections[i].weight() > 0 {
			earned += s.total()
			possible += s.possible
		}
	}
	return ratio(earned, possible)
}

func (v *Version) bySections(sections []sums) *big.Rat {
	total, weights := new(big.Rat), int64(0)
	for i, s := range sections {
		if share := s.share(); share != nil {
			weight := v.Document.Sections[i].weight()
			total.Add(total, share.Mul(share, big.NewRat(weight, 1)))
			weights += weight
		}
	}
	if weights == 0 {
		return nil
	}
	return total.Mul(total, big.NewRat(1, weights))
}

// conclude applies the policy for critical failures and finds the band. Without a score the outcome still stands.
func (v *Version) conclude(s *Score, calculated *big.Rat, failed bool) {
	scoring := v.Document.Scoring
	if v.critical {
		s.Outcome = OutcomePassed
	}
	if failed {
		s.Outcome = OutcomeFailed
	}
	if calculated == nil {
		return
	}
	score := calculated
	if failed {
		score = scoring.afterFailure(calculated)
	}
	s.Calculated, s.Score = newFigure(calculated, scoring.Bands), newFigure(score, scoring.Bands)
	for _, band := range scoring.Bands {
		if score.Cmp(band.limit()) >= 0 {
			s.Band = band.Name
			break
		}
	}
}

// afterFailure is what a critical failure leaves of a score.
func (s Scoring) afterFailure(calculated *big.Rat) *big.Rat {
	switch s.critical() {
	case CriticalZero:
		return new(big.Rat)
	case CriticalCap:
		if limit := big.NewRat(*s.CriticalCap, whole); calculated.Cmp(limit) > 0 {
			return limit
		}
	}
	return calculated
}

func (s Scoring) method() string {
	if s.Method == "" {
		return MethodPoints
	}
	return s.Method
}

func (s Scoring) critical() string {
	if s.Critical == "" {
		return CriticalStands
	}
	return s.Critical
}

// limit is the lowest score in the band.
func (b ScoreBand) limit() *big.Rat { return big.NewRat(b.From, whole) }

func (s *Section) weight() int64 { return orDefault(s.Weight, defaultWeight) }
