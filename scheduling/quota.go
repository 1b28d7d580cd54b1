package scheduling

import (
	"fmt"
	"math/big"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Quota is how many participants of a kind each focus group of a study is to have. A hard one is never exceeded: who
// says yes when it is full waits. A soft one is aimed at, and shown.
type Quota struct {
	AttributeID uuid.UUID `json:"attribute_id" doc:"Which attribute of participants it counts"`
	Value       string    `json:"value,omitempty" maxLength:"200" doc:"Of a text or a choice: which value"`
	From        string    `json:"from,omitempty" maxLength:"30" doc:"Of a number or a date: from this one on" example:"18"`
	To          string    `json:"to,omitempty" maxLength:"30" doc:"Of a number or a date: up to this one, itself included" example:"35"`
	Target      int       `json:"target" minimum:"1" maximum:"100" doc:"How many of them"`
	Hard        bool      `json:"hard,omitempty" doc:"Never more than the target"`
}

// faults of a quota by itself; whether there is such an attribute, and of which type, is for the study to ask.
func (q Quota) faults() []fault.Fault {
	var l faultList
	ranged := q.From != "" || q.To != ""
	switch {
	case q.Value == "" && !ranged:
		l.refuse("/value", "name the value, or from and to of a number or a date")
	case q.Value != "" && ranged:
		l.refuse("/value", "name the value or from and to, not both")
	}
	end := func(pointer, text string) {
		if text != "" && readMeasure(text) == nil {
			l.refuse(pointer, "must be a number such as 18 or a day such as 1990-05-31")
		}
	}
	end("/from", q.From)
	end("/to", q.To)
	if from, to := readMeasure(q.From), readMeasure(q.To); from != nil && to != nil && from.Cmp(to) > 0 {
		l.refuse("/to", "must not be less than from")
	}
	if q.Target < 1 || q.Target > 100 {
		l.refuse("/target", "must be 1 to 100")
	}
	return l
}

// Covers is true of somebody with these attributes (values by the attribute's id) whom the quota counts.
func (q Quota) Covers(attributes map[string]string) bool {
	has, ok := attributes[q.AttributeID.String()]
	if !ok || has == "" {
		return false
	}
	if q.Value != "" {
		return database.Fold(has) == database.Fold(q.Value)
	}
	value := readMeasure(has)
	if value == nil {
		return false
	}
	from, to := readMeasure(q.From), readMeasure(q.To)
	return (from == nil || value.Cmp(from) >= 0) && (to == nil || value.Cmp(to) <= 0)
}

// readMeasure reads a number, or a day as how many days it is after the year 1; nil is neither.
func readMeasure(text string) *big.Rat {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return new(big.Rat).SetInt64(day.Unix() / 86400)
	}
	if len(text) > 30 {
		return nil
	}
	for _, r := range text {
		if (r < '0' || r > '9') && r != '.' && r != '-' {
			return nil
		}
	}
	if value, ok := new(big.Rat).SetString(text); ok {
		return value
	}
	return nil
}

// kind says in words whom the quota counts.
func (q Quota) kind() string {
	switch {
	case q.Value != "":
		return q.Value
	case q.To == "":
		return q.From + " or more"
	case q.From == "":
		return "up to " + q.To
	}
	return q.From + " to " + q.To
}

// QuotaStanding is a quota and how far it is filled.
type QuotaStanding struct {
	Quota
	Taken int  `json:"taken" doc:"How many of them have a seat or are offered one"`
	Full  bool `json:"full" doc:"Whether the target is reached"`
}

// filled says how far the quotas are filled by those who have a seat.
func filled(quotas []Quota, seated []map[string]string) []QuotaStanding {
	standings := make([]QuotaStanding, len(quotas))
	for i, q := range quotas {
		standings[i].Quota = q
		for _, attributes := range seated {
			if q.Covers(attributes) {
				standings[i].Taken++
			}
		}
		standings[i].Full = standings[i].Taken >= q.Target
	}
	return standings
}

// fullFor says which hard quota leaves no room for somebody with these attributes; it is empty where none does.
func fullFor(standings []QuotaStanding, attributes map[string]string) string {
	for _, s := range standings {
		if s.Hard && s.Full && s.Covers(attributes) {
			return fmt.Sprintf("the quota “%s” is full: %d of %d", s.kind(), s.Taken, s.Target)
		}
	}
	return ""
}
