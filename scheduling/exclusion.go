package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// ExclusionRule is why a study leaves somebody out.
type ExclusionRule string

// The rules by which participants are left out.
const (
	RecentlyTookPart ExclusionRule = "took_part"      // in any group within so many months before this one
	SameTopic        ExclusionRule = "same_topic"     // took part in a group on the same topic
	SameHousehold    ExclusionRule = "same_household" // somebody of it has a seat in this group
	SameEmployer     ExclusionRule = "same_employer"  // somebody who works there has a seat in this group
	NoShows          ExclusionRule = "no_shows"       // did not come so many times
)

var exclusionRules = []ExclusionRule{RecentlyTookPart, SameTopic, SameHousehold, SameEmployer, NoShows}

// Exclusion is a rule of a study by which participants are left out. A coordinator can set it aside for one of them, with
// a reason. That somebody does not want to be contacted is no such rule: it always holds.
type Exclusion struct {
	Rule   ExclusionRule `json:"rule" enum:"took_part,same_topic,same_household,same_employer,no_shows"`
	Months int           `json:"months,omitempty" minimum:"0" maximum:"240" doc:"Of took_part, same_topic and no_shows: so far back from the group's start; 0 is ever" example:"6"`
	Times  int           `json:"times,omitempty" minimum:"0" maximum:"100" doc:"Of no_shows: so many are too many" example:"2"`
}

func (e Exclusion) faults() []fault.Fault {
	var l faultList
	looksBack := e.Rule == RecentlyTookPart || e.Rule == SameTopic || e.Rule == NoShows
	if !slices.Contains(exclusionRules, e.Rule) {
		l.refuse("/rule", "must be took_part, same_topic, same_household, same_employer or no_shows")
	}
	if e.Months < 0 || e.Months > 240 || (e.Months > 0 && !looksBack) {
		l.refuse("/months", "must be 0 to 240, and only of took_part, same_topic and no_shows")
	}
	if (e.Rule == NoShows) != (e.Times > 0) || e.Times < 0 || e.Times > 100 {
		l.refuse("/times", "must be 1 to 100 of no_shows, and absent of other rules")
	}
	return l
}

// candidate is what the rules need to know of somebody.
type candidate struct {
	doNotContact        bool
	household, employer string
	past                []pastSession
}

// pastSession is a group that somebody took part in, or did not come to.
type pastSession struct {
	topic  string
	at     time.Time
	noShow bool
}

const doesNotWant = "does not want to be contacted"

// excluded says why the rules leave somebody out of a group on this topic that starts then and where these have a seat.
// It is empty where none does.
func excluded(rules []Exclusion, who candidate, topic string, starts time.Time, seated []candidate) string {
	if who.doNotContact {
		return doesNotWant
	}
	for _, e := range rules {
		if why := e.against(who, topic, starts, seated); why != "" {
			return why
		}
	}
	return ""
}

func (e Exclusion) against(who candidate, topic string, starts time.Time, seated []candidate) string {
	noShows := 0
	for _, s := range who.past {
		within := e.Months == 0 || s.at.After(starts.AddDate(0, -e.Months, 0))
		switch {
		case !within:
		case s.noShow:
			noShows++
		case e.Rule == RecentlyTookPart:
			return fmt.Sprintf("took part in a group on %s%s", s.at.Format("2 January 2006"), e.within())
		case e.Rule == SameTopic && database.Fold(s.topic) == database.Fold(topic):
			return fmt.Sprintf("took part in a group on the same topic on %s%s", s.at.Format("2 January 2006"), e.within())
		}
	}
	same := func(of func(candidate) string) bool {
		mine := database.Fold(strings.TrimSpace(of(who)))
		return mine != "" && slices.ContainsFunc(seated, func(c candidate) bool { return database.Fold(strings.TrimSpace(of(c))) == mine })
	}
	switch {
	case e.Rule == NoShows && noShows >= e.Times:
		return fmt.Sprintf("did not come %d times%s", noShows, e.within())
	case e.Rule == SameHousehold && same(func(c candidate) string { return c.household }):
		return "somebody of the same household has a seat"
	case e.Rule == SameEmployer && same(func(c candidate) string { return c.employer }):
		return "somebody of the same employer has a seat"
	}
	return ""
}

func (e Exclusion) within() string {
	switch e.Months {
	case 0:
		return ""
	case 1:
		return ", less than a month before this one"
	}
	return fmt.Sprintf(", less than %d months before this one", e.Months)
}
