package evaluation

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"fieldcare/internal/fault"
)

// The words that a document may use.
var (
	questionTypes = []string{TypeChoice, TypeChoices, TypeScale, TypeNumber, TypeDuration, TypeText, TypeDate, TypeTime,
		TypePhoto, TypeReceipt, TypeLocation, TypeNote}
	methods       = []string{MethodPoints, MethodWeightedSections}
	policies      = []string{CriticalStands, CriticalZero, CriticalCap}
	touchpoints   = []string{"awareness", "research", "purchase", "after-sale", "loyalty"}
	needs         = []string{"friendliness", "empathy", "fairness", "control", "alternatives", "information"}
	standardKinds = []string{"timeliness", "accuracy", "appropriateness"}
	audiences     = []string{AudienceBranch, AudienceCoordinator}
)

// The limits of figures. They keep every sum of a score far from overflow.
const (
	maxPoints = 100_000 // hundredths
	maxWeight = 100_000 // hundredths

	// maxScore is the highest score that a checklist may lead to, as a multiple of one: 1000 %.
	maxScore = 10
	// mostMillionths is the same in millionths: the highest score that sums hold.
	mostMillionths = maxScore * int64(one)
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func isID(id string) bool { return idForm.MatchString(id) }

// Faults lists everything that forbids publishing the document, each with its place and what would be right there.
func (d *Document) Faults() []fault.Fault {
	i := inspection{Document: d, ids: map[string]string{}, known: map[string]*Question{}, earlier: map[string]*Question{}}
	i.wording("/title", d.Title)
	i.languages()
	i.scoring()
	for n, standard := range d.Standards {
		at := fmt.Sprintf("/standards/%d", n)
		i.id(at+"/id", standard.ID)
		i.word(at+"/kind", standard.Kind, standardKinds)
		i.wording(at+"/text", standard.Text)
	}
	for n, moment := range d.Moments {
		at := fmt.Sprintf("/moments/%d", n)
		i.id(at+"/id", moment.ID)
		i.wording(at+"/text", moment.Text)
	}
	i.sections()
	i.texts()
	return i.faults
}

// inspection looks for what forbids publishing.
type inspection struct {
	*Document
	faults   []fault.Fault
	question string               // the id of the one that is being looked at
	ids      map[string]string    // where each id of the document stands
	known    map[string]*Question // all questions
	earlier  map[string]*Question // those before the condition that is being looked at
}

func (i *inspection) refuse(at, format string, args ...any) {
	i.faults = append(i.faults, fault.Fault{Pointer: at, Detail: fmt.Sprintf(format, args...), Question: i.question})
}

// wording refuses a text that says nothing.
func (i *inspection) wording(at, text string) {
	if strings.TrimSpace(text) == "" {
		i.refuse(at, "must say something")
	}
}

// word refuses what is not one of these words; leaving it out is fine.
func (i *inspection) word(at, word string, words []string) {
	if word != "" && !slices.Contains(words, word) {
		i.refuse(at, "must be one of %s", strings.Join(words, ", "))
	}
}

// within refuses a number outside its limits; leaving it out is fine.
func (i *inspection) within(at string, number *int64, lowest, highest int64) {
	if number != nil && (*number < lowest || *number > highest) {
		i.refuse(at, "must be from %d to %d", lowest, highest)
	}
}

// id refuses an id that is malformed or taken.
func (i *inspection) id(at, id string) {
	switch place, taken := i.ids[id]; {
	case !isID(id):
		i.refuse(at, `must be an id: 1 to 64 letters, digits, "-" and "_", beginning with a letter or a digit`)
	case taken:
		i.refuse(at, "must be unique, but %s has the same id", place)
	default:
		i.ids[id] = at
	}
}

func (i *inspection) languages() {
	if len(i.Languages) == 0 {
		i.refuse("/languages", "must name at least the language that the checklist is written in")
	}
	for n, name := range i.Languages {
		at := fmt.Sprintf("/languages/%d", n)
		if tag, err := language.Parse(name); err != nil || tag.String() != name || tag == language.Und {
			i.refuse(at, `must be a BCP 47 language such as "en" or "pt-BR"`)
		}
		if slices.Contains(i.Languages[:n], name) {
			i.refuse(at, "must be named once")
		}
	}
}

func (i *inspection) scoring() {
	s := i.Scoring
	i.word("/scoring/method", s.Method, methods)
	i.word("/scoring/critical", s.Critical, policies)
	switch {
	case s.Critical == CriticalCap && s.CriticalCap == nil:
		i.refuse("/scoring/critical_cap", "must say to what the score is cut, in basis points")
	case s.Critical != CriticalCap && s.CriticalCap != nil:
		i.refuse("/scoring/critical_cap", `must be left out unless "critical" is "cap"`)
	}
	i.within("/scoring/critical_cap", s.CriticalCap, 0, whole)
	for n, band := range s.Bands {
		at := fmt.Sprintf("/scoring/bands/%d", n)
		i.wording(at+"/name", band.Name)
		i.within(at+"/from", &band.From, 0, whole)
		if n > 0 && band.From >= s.Bands[n-1].From {
			i.refuse(at+"/from", "must be below the band before it")
		}
		if n == len(s.Bands)-1 && band.From != 0 {
			i.refuse(at+"/from", "must be 0 in the last band, so that every score has one")
		}
		if slices.ContainsFunc(s.Bands[:n], func(b ScoreBand) bool { return b.Name == band.Name }) {
			i.refuse(at+"/name", "must differ from the other bands")
		}
	}
}

func (i *inspection) sections() {
	if len(i.Sections) == 0 {
		i.refuse("/sections", "must have at least one section")
	}
	for s := range i.Sections {
		for q := range i.Sections[s].Questions {
			question := &i.Sections[s].Questions[q]
			i.known[question.ID] = question
		}
	}
	scores := false
	for s := range i.Sections {
		section := &i.Sections[s]
		at := fmt.Sprintf("/sections/%d", s)
		i.id(at+"/id", section.ID)
		i.wording(at+"/title", section.Title)
		i.word(at+"/touchpoint", section.Touchpoint, touchpoints)
		i.within(at+"/weight", section.Weight, 0, maxWeight)
		i.condition(at+"/show_when", section.ShowWhen)
		if len(section.Questions) == 0 {
			i.refuse(at+"/questions", "must have at least one question")
		}
		for n := range section.Questions {
			q := &section.Questions[n]
			i.question = q.ID
			i.asks(at+"/questions/"+strconv.Itoa(n), q)
			i.question = ""
			i.earlier[q.ID] = q
			w := q.worth()
			scores = scores || w.scored && w.possible > 0 && !q.Bonus && section.weight() > 0
		}
		i.bonus(at, section)
	}
	if !scores {
		i.refuse("/sections", "must have at least one question, not bonus and inside the total, with points above 0: this checklist can never have a score")
	}
}

// bonus refuses a section whose bonus could lift the score above 1000 %. No section's score is then higher, and neither is
// the total, which is a mean of the sections' scores or the ratio of their sums. What the section leads to at the most is
// reckoned with all of its bonus and the least that can be possible beside it: the questions that count in every visit
// (required, without condition and N/A), or where there are none the smallest that may count alone.
func (i *inspection) bonus(at string, section *Section) {
	if i.Scoring.CapBonus || section.weight() == 0 {
		return
	}
	var bonus, always, smallest int64
	for n := range section.Questions {
		q := &section.Questions[n]
		w := q.worth()
		points := w.weight * w.possible
		switch {
		case !w.scored || points == 0:
		case q.Bonus:
			bonus += points
		default:
			if smallest == 0 || points < smallest {
				smallest = points
			}
			if (q.Required || q.critical()) && !q.allowsNA() && q.ShowWhen == nil && section.ShowWhen == nil {
				always += points
			}
		}
	}
	least := always
	if least == 0 {
		least = smallest
	}
	if bonus > (maxScore-1)*least && least > 0 {
		i.refuse(at, "must not lead to more than 1000 %%: its bonus of %s weighted points may be at most nine times the %s that can be all that counts beside it; "+
			`lower the bonus, require a question that counts in every visit, or set "cap_bonus"`, weighted(bonus), weighted(least))
	}
}

// texts checks that every translation translates something into a language of the document.
func (i *inspection) texts() {
	keys := i.textKeys()
	for _, name := range slices.Sorted(maps.Keys(i.Texts)) {
		at := "/texts/" + escapePointer(name)
		switch n := slices.Index(i.Languages, name); {
		case n < 0:
			i.refuse(at, `must be one of "languages"`)
		case n == 0:
			i.refuse(at, "must be left out: the document itself is written in this language")
		}
		for _, key := range slices.Sorted(maps.Keys(i.Texts[name])) {
			place := at + "/" + escapePointer(key)
			text := i.Texts[name][key]
			switch most := keys[key]; {
			case most == 0:
				i.refuse(place, `must be the id of a section, question, standard or moment, "question.option", "question:hint", ":title" or ":band.9000"`)
			case len([]rune(text)) > most:
				i.refuse(place, "must have at most %d characters", most)
			default:
				i.wording(place, text)
			}
		}
	}
}

// textKeys are the keys of all texts that can be translated, with how many characters they may have.
func (d *Document) textKeys() map[string]int {
	const name, title, text = 100, 200, maxText
	keys := map[string]int{":title": title}
	for _, band := range d.Scoring.Bands {
		keys[":band."+strconv.FormatInt(band.From, 10)] = name
	}
	for _, standard := range d.Standards {
		keys[standard.ID] = text
	}
	for _, moment := range d.Moments {
		keys[moment.ID] = text
	}
	for _, section := range d.Sections {
		keys[section.ID] = title
		for _, q := range section.Questions {
			keys[q.ID] = text
			if q.Hint != "" {
				keys[q.ID+":hint"] = text
			}
			for _, option := range q.Options {
				keys[q.ID+"."+option.ID] = text
			}
		}
	}
	return keys
}
