package scheduling

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// Study is focus groups with one purpose, topic guide, budget, quotas and rules.
type Study struct {
	ID         uuid.UUID           `json:"id"`
	Title      string              `json:"title" example:"Waiting at the counter"`
	Purpose    string              `json:"purpose" doc:"What is to be found out, and for which decision" example:"Why customers leave the queue, before we change the counters"`
	Branches   []uuid.UUID         `json:"branches" nullable:"false" doc:"The branches that it concerns: their managers read the reports of its closed focus groups"`
	Language   string              `json:"language" doc:"BCP 47: the language that is spoken" example:"en"`
	Screening  []ScreeningQuestion `json:"screening" nullable:"false" doc:"Asked of whoever accepts"`
	Quotas     []Quota             `json:"quotas" nullable:"false" doc:"Of each of its focus groups"`
	Exclusions []Exclusion         `json:"exclusions" nullable:"false" doc:"The rules by which participants are left out. Who does not want to be contacted always is"`
	Guide      []GuideStep         `json:"guide" nullable:"false" doc:"The topic guide: what is done, step by step"`
	Rates      Rates               `json:"rates" doc:"What is expected of those who are invited"`
	Incentive  Money               `json:"incentive" doc:"What each who comes is paid"`
	Travel     Money               `json:"travel" doc:"What each who comes is paid for the way, in the currency of the incentive"`
	PayLate    bool                `json:"pay_late" doc:"Whether those who come late get the incentive too"`
	Budget     Money               `json:"budget" doc:"For all of its focus groups, in the currency of the incentive"`
	Edition    int64               `json:"edition" doc:"Counts changes; the ETag"`
}

// GuideStep is a timed step of the topic guide.
type GuideStep struct {
	Title   string `json:"title" maxLength:"120" example:"The last time that you waited"`
	Kind    string `json:"kind" enum:"talk,silent_writing,round_robin,rating,break" doc:"How the group works in it: talking, each writing in silence, each saying one thing in turn, each rating privately, or a break"`
	Minutes int    `json:"minutes" minimum:"1" maximum:"240" example:"20"`
	Text    string `json:"text,omitempty" maxLength:"4000" doc:"What the moderator asks and does"`
}

// guideKinds are the ways in which a group works in a step.
var guideKinds = []string{"talk", "silent_writing", "round_robin", "rating", "break"}

// StudyChange is what to change; what is nil stays. Lists are given whole.
type StudyChange struct {
	Title      *string              `json:"title,omitempty" maxLength:"120" example:"Waiting at the counter"`
	Purpose    *string              `json:"purpose,omitempty" maxLength:"4000" example:"Why customers leave the queue, before we change the counters"`
	Branches   *[]uuid.UUID         `json:"branches,omitempty" maxItems:"500" doc:"The branches that it concerns"`
	Language   *string              `json:"language,omitempty" maxLength:"35" doc:"BCP 47; en unless it is said" example:"en"`
	Screening  *[]ScreeningQuestion `json:"screening,omitempty" maxItems:"20" doc:"Asked of whoever accepts"`
	Quotas     *[]Quota             `json:"quotas,omitempty" maxItems:"30" doc:"Of each of its focus groups"`
	Exclusions *[]Exclusion         `json:"exclusions,omitempty" maxItems:"10" doc:"The rules by which participants are left out; unless it is said, whoever took part within six months"`
	Guide      *[]GuideStep         `json:"guide,omitempty" maxItems:"60" doc:"The topic guide: what is done, step by step"`
	Rates      *Rates               `json:"rates,omitempty" doc:"What is expected of those who are invited; 30 % accept and 80 % of them come unless it is said"`
	Incentive  *Money               `json:"incentive,omitempty" doc:"What each who comes is paid"`
	Travel     *Money               `json:"travel,omitempty" doc:"What each who comes is paid for the way, in the currency of the incentive"`
	PayLate    *bool                `json:"pay_late,omitempty" doc:"Whether those who come late get the incentive too; they do unless it is said"`
	Budget     *Money               `json:"budget,omitempty" doc:"For all of its focus groups, in the currency of the incentive"`
}

// NewStudy is a study to be added.
type NewStudy struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	StudyChange
}

// newStudy has what the trade usually does: nobody twice within six months, 30 % accept, 80 % of them come. Its money
// is in the organisation's currency.
func newStudy(id uuid.UUID, currency string) Study {
	return Study{ID: id, Language: "en", Branches: []uuid.UUID{}, Screening: []ScreeningQuestion{}, Quotas: []Quota{}, Guide: []GuideStep{},
		Exclusions: []Exclusion{{Rule: RecentlyTookPart, Months: 6}}, Rates: UsualRates,
		Incentive: Money{Currency: currency}, Travel: Money{Currency: currency}, PayLate: true, Budget: Money{Currency: currency}, Edition: 1}
}

func (s *Study) apply(c StudyChange) (fields []string) {
	set(&s.Title, onOneLine(c.Title), "title", &fields)
	set(&s.Purpose, onOneLine(c.Purpose), "purpose", &fields)
	setList(&s.Branches, c.Branches, "branches", &fields)
	set(&s.Language, c.Language, "language", &fields)
	s.Language = account.CanonicalLanguage(s.Language)
	setList(&s.Screening, c.Screening, "screening", &fields)
	setList(&s.Quotas, c.Quotas, "quotas", &fields)
	setList(&s.Exclusions, c.Exclusions, "exclusions", &fields)
	setList(&s.Guide, c.Guide, "guide", &fields)
	set(&s.Rates, c.Rates, "rates", &fields)
	set(&s.Incentive, c.Incentive, "incentive", &fields)
	set(&s.Travel, c.Travel, "travel", &fields)
	set(&s.PayLate, c.PayLate, "pay_late", &fields)
	set(&s.Budget, c.Budget, "budget", &fields)
	s.oneCurrency(c)
	return fields
}

// oneCurrency gives amounts of nothing, which nobody named, the currency of those that were.
func (s *Study) oneCurrency(c StudyChange) {
	amounts := []*Money{&s.Incentive, &s.Travel, &s.Budget}
	for i, given := range []*Money{c.Incentive, c.Travel, c.Budget} {
		if given == nil {
			continue
		}
		for j, other := range []*Money{c.Incentive, c.Travel, c.Budget} {
			if j != i && other == nil && amounts[j].Amount == 0 {
				amounts[j].Currency = given.Currency
			}
		}
		return
	}
}

// setList takes the new list, if there is one: its own copy, never nil.
func setList[T any](field *[]T, value *[]T, name string, changed *[]string) {
	if value != nil {
		*field = append([]T{}, *value...)
		*changed = append(*changed, name)
	}
}

// faults of a study by itself; whether its branches and attributes are there is asked when it is kept.
func (s *Study) faults() []fault.Fault {
	var l faultList
	l.line("/title", s.Title, 1)
	l.words("/purpose", s.Purpose, 1, 4000)
	l.language(s.Language)
	l.atMost("/branches", len(s.Branches), 500)
	l.atMost("/screening", len(s.Screening), 20)
	l.under("/screening", screeningFaults(s.Screening))
	l.atMost("/quotas", len(s.Quotas), 30)
	for i, q := range s.Quotas {
		l.under(fmt.Sprintf("/quotas/%d", i), q.faults())
	}
	l.atMost("/exclusions", len(s.Exclusions), 10)
	for i, e := range s.Exclusions {
		l.under(fmt.Sprintf("/exclusions/%d", i), e.faults())
		if slices.ContainsFunc(s.Exclusions[:i], func(other Exclusion) bool { return other.Rule == e.Rule }) {
			l.refuse(fmt.Sprintf("/exclusions/%d/rule", i), "stands twice: a study has each rule once")
		}
	}
	l.atMost("/guide", len(s.Guide), 60)
	for i, step := range s.Guide {
		at := fmt.Sprintf("/guide/%d", i)
		l.line(at+"/title", step.Title, 1)
		if !slices.Contains(guideKinds, step.Kind) {
			l.refuse(at+"/kind", "must be talk, silent_writing, round_robin, rating or break")
		}
		l.whole(at+"/minutes", int64(step.Minutes), 1, 240)
		l.words(at+"/text", step.Text, 0, 4000)
	}
	l.under("/rates", s.Rates.faults())
	l.money("/incentive", s.Incentive)
	l.money("/travel", s.Travel)
	l.money("/budget", s.Budget)
	if s.Travel.Currency != s.Incentive.Currency {
		l.refuse("/travel/currency", "must be the incentive's currency, %s", s.Incentive.Currency)
	}
	if s.Budget.Currency != s.Incentive.Currency {
		l.refuse("/budget/currency", "must be the incentive's currency, %s", s.Incentive.Currency)
	}
	return l
}

func (l *faultList) atMost(pointer string, n, most int) {
	if n > most {
		l.refuse(pointer, "must be %d at most", most)
	}
}

// knownTo refuses branches that are not there, and quotas of attributes that are not, or that are of another type: one
// of a text or a choice has a value, one of a number or a date has from and to.
func (s *Study) knownTo(branches map[uuid.UUID]bool, attributes map[uuid.UUID]string) []fault.Fault {
	var l faultList
	for i, id := range s.Branches {
		switch {
		case !branches[id]:
			l.refuse(fmt.Sprintf("/branches/%d", i), "there is no branch with this id")
		case slices.Contains(s.Branches[:i], id):
			l.refuse(fmt.Sprintf("/branches/%d", i), "stands twice")
		}
	}
	for i, q := range s.Quotas {
		at := fmt.Sprintf("/quotas/%d", i)
		switch kind, known := attributes[q.AttributeID]; {
		case !known:
			l.refuse(at+"/attribute_id", "there is no attribute with this id")
		case (kind == "text" || kind == "choice") && q.Value == "":
			l.refuse(at+"/value", "must be named: the attribute is a %s", kind)
		case kind == "number" && q.Value != "", kind == "date" && q.Value != "":
			l.refuse(at+"/value", "must be absent: the attribute is a %s, which from and to are for", kind)
		}
	}
	return l
}
