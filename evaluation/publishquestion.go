package evaluation

import (
	"fmt"
	"slices"
	"strings"
)

// The limits of what a question may ask for.
const (
	maxScale        = 1000
	maxAnswerLength = 20_000
	maxPhotos       = 20
)

var (
	choiceTypes   = []string{TypeChoice, TypeChoices}
	measuredTypes = []string{TypeScale, TypeNumber, TypeDuration}
	scoredTypes   = slices.Concat(choiceTypes, measuredTypes)
	photoTypes    = []string{TypePhoto, TypeReceipt}
	answeredTypes = slices.DeleteFunc(slices.Clone(questionTypes), func(t string) bool { return t == TypeNote })
)

// asks looks at one question.
func (i *inspection) asks(at string, q *Question) {
	i.id(at+"/id", q.ID)
	i.wording(at+"/text", q.Text)
	i.word(at+"/need", q.Need, needs)
	i.word(at+"/audience", q.Audience, audiences)
	i.within(at+"/weight", q.Weight, 0, maxWeight)
	i.condition(at+"/show_when", q.ShowWhen)
	if !slices.Contains(questionTypes, q.Type) {
		i.refuse(at+"/type", "must be one of %s", strings.Join(questionTypes, ", "))
		return
	}
	i.keys(at, q)
	switch q.Type {
	case TypeChoice, TypeChoices:
		i.options(at, q)
	case TypeScale, TypeNumber, TypeDuration:
		i.numbers(at, q)
		i.bands(at, q)
	case TypeText:
		i.lengths(at, q)
	case TypePhoto, TypeReceipt:
		i.photos(at, q)
	case TypeLocation:
		i.position(at, q)
	}
	if q.Type == TypeDuration || q.Type == TypeTime {
		i.moments(at, q)
	}
	i.marks(at, q)
}

// keys refuses keys that the question's type has no use for.
func (i *inspection) keys(at string, q *Question) {
	for _, key := range []struct {
		name  string
		given bool
		types []string
	}{
		{"required", q.Required, answeredTypes},
		{"na", q.NA, slices.DeleteFunc(slices.Clone(answeredTypes), func(t string) bool { return slices.Contains(choiceTypes, t) })},
		{"need", q.Need != "", answeredTypes},
		{"standard", q.Standard != "", scoredTypes},
		{"weight", q.Weight != nil, scoredTypes},
		{"bonus", q.Bonus, scoredTypes},
		{"options", q.Options != nil, choiceTypes},
		{"bands", q.Bands != nil, measuredTypes},
		{"from", q.From != nil, []string{TypeScale}},
		{"to", q.To != nil, []string{TypeScale}},
		{"min", q.Min != nil, []string{TypeNumber, TypeDuration}},
		{"max", q.Max != nil, []string{TypeNumber, TypeDuration}},
		{"decimals", q.Decimals != 0, []string{TypeNumber}},
		{"min_length", q.MinLength != 0, []string{TypeText}},
		{"max_length", q.MaxLength != nil, []string{TypeText}},
		{"min_photos", q.MinPhotos != nil, photoTypes},
		{"max_photos", q.MaxPhotos != nil, photoTypes},
		{"from_moment", q.FromMoment != "", []string{TypeDuration, TypeTime}},
		{"to_moment", q.ToMoment != "", []string{TypeDuration}},
	} {
		if !key.given || slices.Contains(key.types, q.Type) {
			continue
		}
		if key.name == "na" && slices.Contains(choiceTypes, q.Type) {
			i.refuse(at+"/na", `must be left out here: mark an option with "na" instead`)
			continue
		}
		i.refuse(at+"/"+key.name, "must be left out: it belongs to %s", strings.Join(key.types, ", "))
	}
}

func (i *inspection) options(at string, q *Question) {
	real, positive, scored := 0, 0, slices.ContainsFunc(q.Options, func(o Option) bool { return o.Points != nil })
	for n, o := range q.Options {
		at := fmt.Sprintf("%s/options/%d", at, n)
		same := func(of func(Option) string) bool {
			return slices.ContainsFunc(q.Options[:n], func(before Option) bool { return of(before) == of(o) })
		}
		i.wording(at+"/text", o.Text)
		if !isID(o.ID) {
			i.refuse(at+"/id", `must be an id: 1 to 64 letters, digits, "-" and "_", beginning with a letter or a digit`)
		} else if same(func(o Option) string { return o.ID }) {
			i.refuse(at+"/id", "must be unique in its question")
		}
		if o.Text != "" && same(func(o Option) string { return strings.TrimSpace(o.Text) }) {
			i.refuse(at+"/text", "must differ from the other options")
		}
		if o.Exclusive && (q.Type != TypeChoices || o.NA) {
			i.refuse(at+"/exclusive", "must be left out: options of choice, and N/A, stand alone in any case")
		}
		if o.NA {
			if o.Points != nil || o.Fails || o.Kept {
				i.refuse(at, `must have no "points", "fails" or "kept": N/A is no answer`)
			}
			continue
		}
		real++
		i.points(at, q, o.Points, scored)
		if orDefault(o.Points, 0) > 0 {
			positive++
		}
	}
	if q.Type == TypeChoices && positive > 1 && slices.ContainsFunc(q.Options, func(o Option) bool { return o.Exclusive && orDefault(o.Points, 0) > 0 }) {
		i.refuse(at+"/options", "must not have points above 0 both in an exclusive option and in another: nobody could earn all that would be possible")
	}
	if fewest := map[string]int{TypeChoice: 2, TypeChoices: 1}[q.Type]; len(q.Options) < fewest || real == 0 {
		i.refuse(at+"/options", "must have at least %d options, not all of them N/A", fewest)
	}
}

// points checks what one option or band earns.
func (i *inspection) points(at string, q *Question, points *int64, scored bool) {
	i.within(at+"/points", points, -maxPoints, maxPoints)
	switch {
	case scored && points == nil:
		i.refuse(at+"/points", "must be given, as the others have points; 0 earns nothing")
	case q.Bonus && orDefault(points, 0) < 0:
		i.refuse(at+"/points", "must not be below 0: a bonus takes nothing away")
	}
}

// numbers checks the limits of a number, duration or scale.
func (i *inspection) numbers(at string, q *Question) {
	if q.Decimals < 0 || q.Decimals > decimalPlaces {
		i.refuse(at+"/decimals", "must be from 0 to %d", decimalPlaces)
	}
	if q.Type == TypeScale {
		i.within(at+"/from", q.From, -maxScale, maxScale)
		i.within(at+"/to", q.To, -maxScale, maxScale)
		switch {
		case q.From == nil:
			i.refuse(at+"/from", "must be the lowest step of the scale")
		case q.To == nil || *q.To <= *q.From:
			i.refuse(at+"/to", `must be the highest step of the scale, above "from"`)
		}
		return
	}
	for _, limit := range []struct {
		key   string
		value *Decimal
	}{{"/min", q.Min}, {"/max", q.Max}} {
		switch {
		case limit.value == nil:
		case limit.value.places() > q.Decimals:
			i.refuse(at+limit.key, "must have no more decimals than the answers, which have %d", q.Decimals)
		case q.Type == TypeDuration && (*limit.value < 0 || *limit.value > longestDuration):
			i.refuse(at+limit.key, "must be from 0 to %s seconds", longestDuration)
		}
	}
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		i.refuse(at+"/max", `must not be below "min"`)
	}
}

func (i *inspection) bands(at string, q *Question) {
	lowest, highest := q.limits()
	scored := slices.ContainsFunc(q.Bands, func(b Band) bool { return b.Points != nil })
	if q.Bands != nil && len(q.Bands) == 0 {
		i.refuse(at+"/bands", "must have at least one band, or be left out")
	}
	for n, band := range q.Bands {
		at := fmt.Sprintf("%s/bands/%d", at, n)
		i.points(at, q, band.Points, scored)
		last := n == len(q.Bands)-1
		var before *Decimal
		if n > 0 {
			before = q.Bands[n-1].UpTo
		}
		switch limit := band.UpTo; {
		case last && limit != nil:
			i.refuse(at+"/up_to", "must be left out in the last band, so that every value has one")
		case !last && limit == nil:
			i.refuse(at+"/up_to", "must be given in all bands but the last")
		case limit == nil && before != nil && highest != nil && *before >= *highest:
			i.refuse(at, "must be reached by some answer, but answers are at most %s", highest)
		case limit == nil:
		case limit.places() > q.Decimals:
			i.refuse(at+"/up_to", "must have no more decimals than the answers, which have %d", q.Decimals)
		case before != nil && *limit <= *before:
			i.refuse(at+"/up_to", "must be above the band before it")
		case lowest != nil && *limit < *lowest:
			i.refuse(at+"/up_to", "must be reached by some answer, but answers are at least %s", lowest)
		case before != nil && highest != nil && *before >= *highest:
			i.refuse(at+"/up_to", "must be reached by some answer, but answers are at most %s", highest)
		}
	}
}

func (i *inspection) lengths(at string, q *Question) {
	most := orDefault(q.MaxLength, defaultMaxLength)
	if most < 1 || most > maxAnswerLength {
		i.refuse(at+"/max_length", "must be from 1 to %d", maxAnswerLength)
	}
	if q.MinLength < 0 || q.MinLength > most {
		i.refuse(at+"/min_length", `must be from 0 to "max_length", which is %d`, most)
	}
}

func (i *inspection) photos(at string, q *Question) {
	fewest, most := q.photoLimits()
	if most < 1 || most > maxPhotos {
		i.refuse(at+"/max_photos", "must be from 1 to %d", maxPhotos)
	}
	atLeast := 0
	if q.Type == TypePhoto {
		atLeast = 1
	}
	if fewest < atLeast || fewest > most {
		i.refuse(at+"/min_photos", `must be from %d to "max_photos", which is %d`, atLeast, most)
	}
}

// position lets no position be forced from anybody: a phone may not know where it is, or its owner not tell.
func (i *inspection) position(at string, q *Question) {
	if q.Required && !q.NA {
		i.refuse(at+"/required", `must come with "na": a phone may not know where it is`)
	}
}

// moments checks the moments that a duration is measured between, or that a time is the time of.
func (i *inspection) moments(at string, q *Question) {
	if q.FromMoment == "" && q.ToMoment == "" {
		return
	}
	place := func(id string) int { return slices.IndexFunc(i.Moments, func(m Moment) bool { return m.ID == id }) }
	from, to := place(q.FromMoment), place(q.ToMoment)
	if from < 0 {
		i.refuse(at+"/from_moment", `must be the id of one of "moments"`)
	}
	if q.Type == TypeTime {
		return
	}
	switch {
	case to < 0:
		i.refuse(at+"/to_moment", `must be the id of one of "moments"`)
	case from >= to:
		i.refuse(at+"/to_moment", `must come after "from_moment" in "moments"`)
	}
}

// marks checks what the options or bands say beside their points: critical failures, the standard, and bonus.
func (i *inspection) marks(at string, q *Question) {
	real, fails, keeps := 0, 0, 0
	count := func(failing, kept bool) {
		real++
		if failing {
			fails++
		}
		if kept {
			keeps++
		}
	}
	for _, o := range q.Options {
		if !o.NA {
			count(o.Fails, o.Kept)
		}
	}
	for _, b := range q.Bands {
		count(b.Fails, b.Kept)
	}
	if fails > 0 && fails == real {
		i.refuse(at, `must have an answer without "fails": every visit would fail`)
	}
	if fails > 0 && q.Bonus {
		i.refuse(at+"/bonus", `must be left out where an answer "fails": a critical question is no bonus`)
	}
	if q.Bonus && slices.Contains(scoredTypes, q.Type) && q.worth().possible == 0 {
		i.refuse(at+"/bonus", "must be left out where no answer has points above 0")
	}
	switch {
	case q.Standard == "" && keeps > 0:
		i.refuse(at+"/standard", `must say which standard the answers marked "kept" keep`)
	case q.Standard == "" || !slices.Contains(scoredTypes, q.Type):
	case !slices.ContainsFunc(i.Standards, func(s Standard) bool { return s.ID == q.Standard }):
		i.refuse(at+"/standard", `must be the id of one of "standards"`)
	case keeps == 0 || keeps == real:
		i.refuse(at+"/standard", `must be tested: mark with "kept" the answers that keep it, but not all`)
	}
}
