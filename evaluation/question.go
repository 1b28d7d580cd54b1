package evaluation

import (
	"slices"
)

// The types of questions.
const (
	TypeChoice   = "choice"   // one option
	TypeChoices  = "choices"  // any number of options
	TypeScale    = "scale"    // a whole number from … to
	TypeNumber   = "number"   // a decimal
	TypeDuration = "duration" // whole seconds
	TypeText     = "text"
	TypeDate     = "date"     // 2026-11-21
	TypeTime     = "time"     // 14:05
	TypePhoto    = "photo"    // photos, by the SHA-256 of what was uploaded
	TypeReceipt  = "receipt"  // an amount of money with photos of the receipt
	TypeLocation = "location" // a position
	TypeNote     = "note"     // words for the shopper; it asks nothing
)

// The audiences of an answer. What a branch may see is still subject to the identity wall.
const (
	AudienceBranch      = "branch"
	AudienceCoordinator = "coordinator"
)

// Question is one question of a checklist. Points and weights are hundredths.
type Question struct {
	ID       string     `json:"id" maxLength:"64"`
	Type     string     `json:"type" enum:"choice,choices,scale,number,duration,text,date,time,photo,receipt,location,note" doc:"choice, choices, scale, number, duration, text, date, time, photo, receipt, location or note"`
	Text     string     `json:"text" maxLength:"2000"`
	Hint     string     `json:"hint,omitempty" maxLength:"2000"`
	Required bool       `json:"required,omitempty" doc:"Critical questions are required in any case"`
	NA       bool       `json:"na,omitempty" doc:"Whether \"not applicable\" may be answered; choice and choices have an option for it instead"`
	Need     string     `json:"need,omitempty" enum:"friendliness,empathy,fairness,control,alternatives,information" doc:"The customer's need: friendliness, empathy, fairness, control, alternatives or information"`
	Standard string     `json:"standard,omitempty" maxLength:"64" doc:"The id of the standard that it tests"`
	Audience string     `json:"audience,omitempty" enum:"branch,coordinator" doc:"Who may see the answer: branch (when absent) or coordinator"`
	ShowWhen *Condition `json:"show_when,omitempty" doc:"About earlier questions"`

	Weight  *int64   `json:"weight,omitempty" doc:"In hundredths, 100 when absent; 0 is unscored"`
	Bonus   bool     `json:"bonus,omitempty" doc:"Whether it adds to what was earned without adding to what was possible"`
	Options []Option `json:"options,omitempty" maxItems:"100" doc:"Of choice and choices"`
	Bands   []Band   `json:"bands,omitempty" maxItems:"100" doc:"Of number, duration and scale: strictly rising, the last without limit"`

	From *int64 `json:"from,omitempty" doc:"Of a scale: its lowest step"`
	To   *int64 `json:"to,omitempty" doc:"Of a scale: its highest step"`

	Min      *Decimal `json:"min,omitempty" doc:"Of number and duration"`
	Max      *Decimal `json:"max,omitempty" doc:"Of number and duration"`
	Decimals int      `json:"decimals,omitempty" doc:"Of number: how many decimals are allowed, 0 to 6"`

	MinLength int  `json:"min_length,omitempty" doc:"Of text, in characters without white space at its ends"`
	MaxLength *int `json:"max_length,omitempty" doc:"Of text; 4000 when absent"`

	MinPhotos *int `json:"min_photos,omitempty" doc:"Of photo and receipt, when answered; 1 when absent"`
	MaxPhotos *int `json:"max_photos,omitempty" doc:"Of photo and receipt; 10 when absent"`

	FromMoment string `json:"from_moment,omitempty" maxLength:"64" doc:"Of duration: the moment it begins. Of time: the moment whose time it is"`
	ToMoment   string `json:"to_moment,omitempty" maxLength:"64" doc:"Of duration: the moment it ends"`
}

// Option is one possible choice.
type Option struct {
	ID        string `json:"id" maxLength:"64"`
	Text      string `json:"text" maxLength:"2000"`
	Points    *int64 `json:"points,omitempty" doc:"In hundredths; below 0 it takes away from what was earned" example:"200"`
	NA        bool   `json:"na,omitempty" doc:"Choosing it says \"not applicable\"; it stands alone"`
	Exclusive bool   `json:"exclusive,omitempty" doc:"Of choices: it stands alone"`
	Fails     bool   `json:"fails,omitempty" doc:"Choosing it is a critical failure"`
	Kept      bool   `json:"kept,omitempty" doc:"Choosing it says that the standard was kept"`
}

// Band is what the values of a number, duration or scale are worth, up to and including a limit.
type Band struct {
	UpTo   *Decimal `json:"up_to,omitempty" doc:"The highest value in it; absent in the last"`
	Points *int64   `json:"points,omitempty" doc:"In hundredths" example:"300"`
	Fails  bool     `json:"fails,omitempty"`
	Kept   bool     `json:"kept,omitempty"`
}

// The defaults and limits of answers.
const (
	defaultWeight    = 100
	defaultMaxLength = 4000
	defaultMaxPhotos = 10
	longestDuration  = 30 * 24 * 3600 * one // seconds
)

func orDefault[T any](value *T, absent T) T {
	if value == nil {
		return absent
	}
	return *value
}

func (q *Question) weight() int64 { return orDefault(q.Weight, defaultWeight) }

// critical says whether an answer can fail the visit.
func (q *Question) critical() bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Fails }) ||
		slices.ContainsFunc(q.Bands, func(b Band) bool { return b.Fails })
}

// allowsNA says whether the question can be answered with "not applicable".
func (q *Question) allowsNA() bool {
	return q.NA || slices.ContainsFunc(q.Options, func(o Option) bool { return o.NA })
}

func (q *Question) option(id string) *Option {
	for i := range q.Options {
		if q.Options[i].ID == id {
			return &q.Options[i]
		}
	}
	return nil
}

// band is the one that a value falls into: the first whose limit it does not exceed.
func (q *Question) band(value Decimal) *Band {
	for i := range q.Bands {
		if limit := q.Bands[i].UpTo; limit == nil || value <= *limit {
			return &q.Bands[i]
		}
	}
	return nil
}

// limits are the lowest and highest value of a number, duration or scale; nil where there is none.
func (q *Question) limits() (lowest, highest *Decimal) {
	switch q.Type {
	case TypeScale:
		if q.From != nil && q.To != nil {
			from, to := Decimal(*q.From)*one, Decimal(*q.To)*one
			return &from, &to
		}
		return nil, nil
	case TypeDuration:
		from, to := orDefault(q.Min, 0), orDefault(q.Max, longestDuration)
		return &from, &to
	default:
		return q.Min, q.Max
	}
}

// photoLimits are how many photos an answer has at least and at most.
func (q *Question) photoLimits() (fewest, most int) {
	return orDefault(q.MinPhotos, 1), orDefault(q.MaxPhotos, defaultMaxPhotos)
}

// forShopper is the question without what would tell how it is scored.
func (q Question) forShopper() Question {
	q.Required = q.Required || q.critical()
	q.Standard, q.Weight, q.Bonus, q.Bands = "", nil, false, nil
	q.Options = slices.Clone(q.Options)
	for i, o := range q.Options {
		q.Options[i] = Option{ID: o.ID, Text: o.Text, NA: o.NA, Exclusive: o.Exclusive}
	}
	return q
}
