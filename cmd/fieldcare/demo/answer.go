package demo

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"fieldcare/evaluation"
)

type object = map[string]any

// answering fills in a checklist, question by question, as the shopper does.
type answering struct {
	*visit
	ctx     context.Context
	pool    *pool
	given   evaluation.Answers // as conditions read them
	sent    object             // as they are sent
	shares  map[string]float64 // of the best that was possible, by question
	moments map[string]time.Time
	photos  []object
}

// answer fills in the whole document.
func (v *visit) answer(ctx context.Context, document *evaluation.Document) (*answering, error) {
	a := &answering{visit: v, ctx: ctx, pool: v.pool(), given: evaluation.Answers{}, sent: object{}, shares: map[string]float64{}, moments: map[string]time.Time{}}
	a.moments["in"] = v.begun.Add(time.Duration(60+v.random.IntN(90)) * time.Second)
	lookup := func(id string) (evaluation.Answer, bool) {
		answer, given := a.given[id]
		return answer, given
	}
	for _, s := range document.Sections {
		quality := v.quality + v.Sections[s.ID]
		switch s.ID {
		case v.place.Strong:
			quality += 0.1
		case v.place.Weak:
			quality -= 0.16
		}
		for _, q := range s.Questions {
			if !s.ShowWhen.Holds(lookup) || !q.ShowWhen.Holds(lookup) || q.Type == evaluation.TypeNote {
				continue
			}
			if chance, known := v.Answered[q.ID]; known && !q.Required && v.random.Float64() >= chance {
				continue
			}
			if err := a.ask(&q, max(0.05, min(quality, 0.985))); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// pool is the language that the shopper writes in this time.
func (v *visit) pool() *pool {
	if v.shopper.Language == "pl" && v.random.IntN(5) < 2 {
		return &v.texts.Pl
	}
	return &v.texts.En
}

func (a *answering) ask(q *evaluation.Question, quality float64) (err error) {
	if q.NA && a.random.Float64() < a.NA[q.ID] {
		a.given[q.ID], a.sent[q.ID] = evaluation.Answer{NA: true}, object{"na": true}
		return nil
	}
	var answer evaluation.Answer
	var sent any
	switch q.Type {
	case evaluation.TypeChoice:
		option := a.option(q, quality)
		answer, sent = evaluation.Answer{NA: option.NA, Choices: []string{option.ID}}, option.ID
	case evaluation.TypeChoices:
		answer.Choices = a.options(q, quality)
		sent = answer.Choices
	case evaluation.TypeScale, evaluation.TypeNumber, evaluation.TypeDuration:
		answer.Number = a.number(q, quality)
		sent = answer.Number
	case evaluation.TypeText:
		sent = a.text(q)
	case evaluation.TypeDate:
		sent = a.begun.AddDate(0, 0, -a.random.IntN(2)).Format(time.DateOnly)
	case evaluation.TypeTime:
		sent = a.moment("paid").In(a.begun.Location()).Format("15:04")
	case evaluation.TypePhoto:
		hash, err := a.photo(q.ID)
		if err != nil {
			return err
		}
		sent = object{"photos": []string{hash}}
	case evaluation.TypeReceipt:
		sent, err = a.receipt(q.ID)
	case evaluation.TypeLocation:
		sent = a.position(a.odd == "far_from_branch")
	}
	a.given[q.ID], a.sent[q.ID] = answer, sent
	return err
}

// option chooses the best option as often as quality says, and what fails the visit least often of all.
func (a *answering) option(q *evaluation.Question, quality float64) evaluation.Option {
	of := func(id string) func(evaluation.Option) bool {
		return func(o evaluation.Option) bool { return o.ID == id }
	}
	isNA := func(o evaluation.Option) bool { return o.NA }
	real := slices.DeleteFunc(slices.Clone(q.Options), isNA)
	if a.odd == "all_alike" {
		return q.Options[0]
	}
	if i := slices.IndexFunc(q.Options, of(a.scenario.Answers[q.ID])); i >= 0 {
		return q.Options[i]
	}
	if i := slices.IndexFunc(q.Options, isNA); i >= 0 && a.random.Float64() < a.NA[q.ID] {
		return q.Options[i]
	}
	if real[0].Points == nil { // nothing to be good at: the last is the usual one
		if a.random.IntN(15) == 0 {
			return real[0]
		}
		return real[len(real)-1]
	}
	points := make([]int64, len(real))
	for i, o := range real {
		points[i] = *o.Points
	}
	i := a.choose(points, quality)
	for real[i].Fails && a.random.IntN(4) > 0 {
		i = a.choose(points, quality)
	}
	lowest, highest := slices.Min(points), slices.Max(points)
	a.shares[q.ID] = float64(points[i]-lowest) / float64(highest-lowest)
	return real[i]
}

// choose gives the place of one of the best as often as quality says, and otherwise some other, the better the sooner.
func (a *answering) choose(points []int64, quality float64) int {
	highest, lowest := slices.Max(points), slices.Min(points)
	best := a.random.Float64() < quality
	for {
		i := a.random.IntN(len(points))
		if (points[i] == highest) != best {
			continue
		}
		if best || a.random.Float64() < 0.4+float64(points[i]-lowest)/float64(highest-lowest+1) {
			return i
		}
	}
}

// options chooses each good option as often as quality says, and a bad one seldom.
func (a *answering) options(q *evaluation.Question, quality float64) (chosen []string) {
	alone := ""
	for _, o := range q.Options {
		chance := 0.9
		switch {
		case o.Exclusive:
			alone = o.ID
			continue
		case q.Bonus:
			chance = quality * 0.12
		case o.Points != nil && *o.Points > 0:
			chance = quality
		case o.Points != nil:
			chance = 0.3 * (1 - quality)
		}
		if a.random.Float64() < chance {
			chosen = append(chosen, o.ID)
		}
	}
	if len(chosen) == 0 && alone == "" {
		alone = q.Options[0].ID
	}
	if len(chosen) == 0 {
		chosen = []string{alone}
	}
	return chosen
}

// number draws a step of a scale, or a value of a band: the best as often as quality says. A duration between two
// moments sets the later one.
func (a *answering) number(q *evaluation.Question, quality float64) evaluation.Decimal {
	const one = 1_000_000 // a Decimal counts millionths
	if q.Type == evaluation.TypeScale {
		from, to := float64(*q.From), float64(*q.To)
		step := math.Round(from + (to-from)*(0.3+0.72*quality+0.13*a.random.NormFloat64()))
		step = max(from, min(step, to))
		a.shares[q.ID] = (step - from) / (to - from)
		return evaluation.Decimal(step) * one
	}
	if len(q.Bands) == 0 {
		return evaluation.Decimal(min(a.random.IntN(4), a.random.IntN(8))) * one
	}
	points := make([]int64, len(q.Bands))
	for i, b := range q.Bands {
		points[i] = *b.Points
	}
	i := a.choose(points, quality)
	low, high := evaluation.Decimal(0), evaluation.Decimal(0)
	if i > 0 {
		low = *q.Bands[i-1].UpTo
	} else {
		low = *q.Bands[0].UpTo / 4
	}
	if high = low * 5 / 4; q.Bands[i].UpTo != nil {
		high = *q.Bands[i].UpTo
	}
	if q.Max != nil {
		high = min(high, *q.Max)
	}
	unit := evaluation.Decimal(one)
	for range q.Decimals {
		unit /= 10
	}
	value := (low + unit + evaluation.Decimal(a.random.Int64N(int64(high-low)))) / unit * unit
	a.shares[q.ID] = float64(points[i]-slices.Min(points)) / float64(slices.Max(points)-slices.Min(points))
	if q.FromMoment != "" {
		a.moments[q.ToMoment] = a.moment(q.FromMoment).Add(time.Duration(value/one) * time.Second)
	}
	return min(value, high)
}

// moment is when something happened: a while after what is known to have happened before.
func (a *answering) moment(id string) time.Time {
	at, known := a.moments[id]
	if !known {
		at = a.moments["in"]
		for _, other := range a.moments {
			if other.After(at) {
				at = other
			}
		}
		at = at.Add(time.Duration(30+a.random.IntN(60)) * time.Second)
		a.moments[id] = at
	}
	return at
}

// text is what the shopper writes.
func (a *answering) text(q *evaluation.Question) string {
	if q.ID != "words" {
		return pick(a.random, a.pool.sentences[q.ID])
	}
	story := a.pool.story(a.random, a.shares)
	if a.named {
		story += nameOf(a.pool == &a.texts.Pl)
	}
	return story
}

func nameOf(polish bool) string {
	if polish {
		return " Obsługiwała mnie pani Marta."
	}
	return " The badge of the person at the till said Marta."
}

// story is what the shopper wrote, without the name.
func (v *visit) story() string {
	words, _ := v.sent["answers"].(object)["words"].(string)
	for _, polish := range []bool{false, true} {
		words = strings.TrimSuffix(words, nameOf(polish))
	}
	return words
}
