package evaluation

import "slices"

// Document is what a checklist says, as a draft is edited and a version is published. Everything that a score needs is
// in it. A draft may still be incomplete or contradict itself; Faults tells what forbids publishing it.
//
// Ids are letters, digits, "-" and "_", up to 64, beginning with a letter or a digit. Those of sections, questions,
// standards and moments are unique in the document; those of options in their question.
//
// Texts holds translations: for each language but the first, in which the document itself is written, the texts by key.
// The key is the id of the section, question, standard or moment; "question.option" for an option; "question:hint" for
// a hint; ":title" for the checklist's title; ":band.9000" for the name of the band that begins at 9000. A text that is
// not translated is shown in the first language.
type Document struct {
	Title     string                       `json:"title" maxLength:"200"`
	Languages []string                     `json:"languages" maxItems:"20" doc:"BCP 47; the document is written in the first, Texts has the others"`
	Texts     map[string]map[string]string `json:"texts,omitempty" doc:"Translations by language and key"`
	Scoring   Scoring                      `json:"scoring,omitzero"`
	Standards []Standard                   `json:"standards,omitempty" maxItems:"200"`
	Moments   []Moment                     `json:"moments,omitempty" maxItems:"50" doc:"In the order in which they happen"`
	Sections  []Section                    `json:"sections" maxItems:"100"`
}

// The methods of scoring, and what a critical failure does to the score.
const (
	MethodPoints           = "points"
	MethodWeightedSections = "weighted_sections"

	CriticalStands = "stands"
	CriticalZero   = "zero"
	CriticalCap    = "cap"
)

// Scoring says how the answers become a score.
type Scoring struct {
	Method      string      `json:"method,omitempty" enum:"points,weighted_sections" doc:"points (when absent) or weighted_sections"`
	Critical    string      `json:"critical,omitempty" enum:"stands,zero,cap" doc:"What a critical failure does to the score: it stands (when absent), becomes zero, or is cut to the cap"`
	CriticalCap *int64      `json:"critical_cap,omitempty" doc:"With cap: the score at most, in basis points" example:"5000"`
	CapBonus    bool        `json:"cap_bonus,omitempty" doc:"Whether bonus may not lift the total above 100 %"`
	Bands       []ScoreBand `json:"bands,omitempty" maxItems:"20" doc:"The highest first, the last from 0"`
}

// ScoreBand names the scores from a limit up to the band above it.
type ScoreBand struct {
	From int64  `json:"from" doc:"The lowest score in it, in basis points" example:"9000"`
	Name string `json:"name" maxLength:"100" example:"Excellent"`
}

// Standard is a promise of the customer charter, which questions test.
type Standard struct {
	ID   string `json:"id" maxLength:"64"`
	Kind string `json:"kind,omitempty" enum:"timeliness,accuracy,appropriateness" doc:"timeliness, accuracy or appropriateness"`
	Text string `json:"text" maxLength:"2000"`
}

// Moment is an instant of the visit that the shopper marks with a tap.
type Moment struct {
	ID   string `json:"id" maxLength:"64"`
	Text string `json:"text" maxLength:"2000"`
}

// Section is a part of a checklist.
type Section struct {
	ID         string     `json:"id" maxLength:"64"`
	Title      string     `json:"title" maxLength:"200"`
	Touchpoint string     `json:"touchpoint,omitempty" enum:"awareness,research,purchase,after-sale,loyalty" doc:"Where in the journey: awareness, research, purchase, after-sale or loyalty"`
	Weight     *int64     `json:"weight,omitempty" doc:"In hundredths, 100 when absent; 0 is shown but outside the total. By points only 0 matters" example:"2000"`
	ShowWhen   *Condition `json:"show_when,omitempty" doc:"About questions of earlier sections"`
	Questions  []Question `json:"questions" maxItems:"1000"`
}

// ForShopper is the document as a shopper gets it: without what would tell how answers are scored. Critical questions
// are shown as required, which they are.
func (d *Document) ForShopper() *Document {
	shopper := &Document{Title: d.Title, Languages: slices.Clone(d.Languages), Moments: slices.Clone(d.Moments)}
	for _, section := range d.Sections {
		section.Weight = nil
		section.Questions = slices.Clone(section.Questions)
		for i := range section.Questions {
			section.Questions[i] = section.Questions[i].forShopper()
		}
		shopper.Sections = append(shopper.Sections, section)
	}
	known := shopper.textKeys()
	for language, texts := range d.Texts {
		for key, text := range texts {
			if known[key] == 0 {
				continue
			}
			if shopper.Texts == nil {
				shopper.Texts = map[string]map[string]string{}
			}
			if shopper.Texts[language] == nil {
				shopper.Texts[language] = map[string]string{}
			}
			shopper.Texts[language][key] = text
		}
	}
	return shopper
}
