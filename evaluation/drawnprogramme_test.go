package evaluation

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/walltime"
)

// drawnProgramme is a random programme, as it goes into the database and as JSON to the program that reckons it again.
type drawnProgramme struct {
	Checklists []*drawnChecklist `json:"checklists"`
	Branches   []*drawnBranch    `json:"branches"`
	Visits     []*drawnVisit     `json:"visits"`
	Targets    []drawnTarget     `json:"targets"`
	Now        time.Time         `json:"now"`
	Reports    []drawnRequest    `json:"reports"`

	*rand.Rand
	seed  int
	alike int         // of ten visits so many are answered like the others of their version and month; with ten like all of their version
	days  []time.Time // around which visits fall
}

type drawnChecklist struct {
	ID       uuid.UUID   `json:"id"`
	Versions []*Document `json:"versions"`

	compiled []*Version
}

type drawnBranch struct {
	ID         uuid.UUID `json:"id"`
	Zone       string    `json:"zone"`
	Region     string    `json:"region"`
	Competitor bool      `json:"competitor"`

	location *time.Location
}

type drawnVisit struct {
	ID        uuid.UUID                  `json:"id"`
	Branch    uuid.UUID                  `json:"branch"`
	Checklist uuid.UUID                  `json:"checklist"`
	Version   int                        `json:"version"`
	Begun     time.Time                  `json:"begun"`
	Approved  bool                       `json:"approved"`
	Shuffle   int64                      `json:"shuffle"`
	Answers   map[string]json.RawMessage `json:"answers"`

	visitID uuid.UUID
	at      *drawnBranch
	score   Score
}

type drawnTarget struct {
	Branch    *uuid.UUID `json:"branch,omitempty"`
	Region    string     `json:"region"`
	Checklist uuid.UUID  `json:"checklist"`
	Score     int64      `json:"score"`
	By        string     `json:"by"`
}

type drawnRequest struct {
	Branch    uuid.UUID  `json:"branch"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	Checklist *uuid.UUID `json:"checklist,omitempty"`
}

// drawnNow lies near the end of a leap year's quarter; in Chatham the next day has come.
var drawnNow = time.Date(2028, 3, 31, 11, 30, 0, 0, time.UTC)

// nastyDays are where calendars go wrong: a leap day, the ends of years and months, the nights when clocks change.
var nastyDays = []string{"2028-02-29", "2028-03-01", "2027-12-31", "2028-01-01", "2027-10-31", "2027-11-30", "2028-03-26", "2027-09-26", "2027-04-04", "2028-03-31", "2024-02-29"}

// nastyTimes are the borders of days and of their parts, in seconds from midnight.
var nastyTimes = []int{0, 1, 12*3600 - 1, 12 * 3600, 17*3600 - 1, 17 * 3600, 24*3600 - 1}

// nastyCounts are visits below and above what it takes for a mean and for an own spread.
var nastyCounts = []int{0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 17, 25, 40}

func oneOf[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// drawProgramme draws the programme of a seed: a few branches, one or two checklists of one to three versions, visits in
// and around a few days, and so many reports.
func drawProgramme(t require.TestingT, seed, reports int) *drawnProgramme {
	p := &drawnProgramme{Targets: []drawnTarget{}, Visits: []*drawnVisit{}, Now: drawnNow, Rand: rand.New(rand.NewPCG(uint64(seed), 2028)), seed: seed}
	p.alike = oneOf(p.Rand, []int{0, 0, 0, 0, 6, 9, 9, 10})
	for range 1 + p.IntN(2) {
		day, err := time.Parse(time.DateOnly, oneOf(p.Rand, nastyDays))
		require.NoError(t, err)
		p.days = append(p.days, day)
	}
	for range 1 + p.IntN(2) {
		p.drawChecklist(t)
	}
	for range 1 + p.IntN(5) {
		zone := oneOf(p.Rand, []string{"Europe/Warsaw", "Asia/Kathmandu", "Pacific/Chatham"})
		location, err := walltime.Zone(zone)
		require.NoError(t, err)
		p.Branches = append(p.Branches, &drawnBranch{ID: p.uuid(), Zone: zone, Region: oneOf(p.Rand, []string{"North", "North", "South", ""}),
			Competitor: p.IntN(4) == 0, location: location})
	}
	main := p.IntN(len(p.Checklists))
	for _, branch := range p.Branches {
		for i, checklist := range p.Checklists {
			n := oneOf(p.Rand, nastyCounts)
			if i != main {
				n = min(n, 4)
			}
			for range n {
				p.drawVisit(t, branch, checklist)
			}
		}
	}
	p.drawTargets()
	for range reports {
		p.Reports = append(p.Reports, p.drawRequest())
	}
	return p
}

func (p *drawnProgramme) uuid() (id uuid.UUID) {
	for i := range id {
		id[i] = byte(p.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// drawChecklist draws versions independently of each other. They share ids, so that what stays the same over versions is
// told by its id alone.
func (p *drawnProgramme) drawChecklist(t require.TestingT) {
	c := &drawnChecklist{ID: p.uuid()}
	for number := 1; number <= 1+p.IntN(3); number++ {
		d := rapid.Custom(drawing{}.document).Example(p.seed*100 + len(p.Checklists)*10 + number)
		p.decorate(d)
		v, err := Compile(c.ID, number, d)
		require.NoError(t, err)
		c.Versions, c.compiled = append(c.Versions, d), append(c.compiled, v)
	}
	p.Checklists = append(p.Checklists, c)
}

// decorate adds what a report groups by, and some scales short enough to have their steps counted.
func (p *drawnProgramme) decorate(d *Document) {
	for _, id := range []string{"prompt", "clean", "fair"}[:p.IntN(4)] {
		d.Standards = append(d.Standards, Standard{ID: id, Text: "We promise"})
	}
	for s := range d.Sections {
		section := &d.Sections[s]
		section.Touchpoint = oneOf(p.Rand, append(touchpoints, ""))
		for i := range section.Questions {
			q := &section.Questions[i]
			q.Need = oneOf(p.Rand, append(needs, "", ""))
			if long, short := q.To, int64(4); q.Type == TypeScale {
				if q.To = &short; len(d.Faults()) > 0 {
					q.To = long // a band or a condition needs it
				}
			}
			if p.IntN(8) == 0 {
				q.Audience = AudienceCoordinator
			}
			if len(d.Standards) > 0 && p.IntN(2) == 0 {
				q.Standard = oneOf(p.Rand, d.Standards).ID
				if kept := p.IntN(2); len(q.Options) > 0 {
					q.Options[kept].Kept = true
				} else {
					q.Bands[kept].Kept = true
				}
			}
		}
	}
}

// drawVisit draws one near one of the programme's days, at a nasty time or any.
func (p *drawnProgramme) drawVisit(t require.TestingT, branch *drawnBranch, checklist *drawnChecklist) {
	version := checklist.compiled[p.IntN(len(checklist.compiled))]
	day := oneOf(p.Rand, p.days).AddDate(0, 0, oneOf(p.Rand, []int{0, 0, 1, -1, p.IntN(30), p.IntN(30), -p.IntN(30), -p.IntN(30), -p.IntN(90), p.IntN(400) - 200}))
	second := p.IntN(24 * 3600)
	if p.IntN(2) == 0 {
		second = oneOf(p.Rand, nastyTimes)
	}
	v := &drawnVisit{
		ID: p.uuid(), visitID: p.uuid(), Branch: branch.ID, Checklist: checklist.ID, Version: version.Number, at: branch,
		Begun:    time.Date(day.Year(), day.Month(), day.Day(), 0, 0, second, 0, branch.location).UTC(),
		Approved: p.IntN(12) > 0, Shuffle: p.Int64() - p.Int64(), Answers: map[string]json.RawMessage{},
	}
	answers := p.Rand
	if p.IntN(10) < p.alike {
		month, level := 0, uint64(0)
		if p.alike < 10 {
			month = int(day.Month())
		}
		if p.seed%2 == 0 { // branches differ in level
			level = uint64(branch.ID[0])
		}
		answers = rand.New(rand.NewPCG(level, uint64(p.seed*10_000+version.Number*100+month)))
	}
	v.score = version.Score(drawVisitsAnswers(t, answers, version, v.Answers))
	p.Visits = append(p.Visits, v)
}

// drawVisitsAnswers draws answers that could be handed in: to visible questions, now and then N/A or none; sometimes all
// of them N/A, so that there is no score.
func drawVisitsAnswers(t require.TestingT, r *rand.Rand, v *Version, raw map[string]json.RawMessage) Answers {
	answers, nothing := Answers{}, r.IntN(12) == 0
	for i := range v.questions {
		q := &v.questions[i]
		if !v.visible(answers)[i] {
			continue
		}
		var answer any
		kind := r.IntN(8)
		if nothing {
			kind = r.IntN(2)
		}
		switch {
		case kind == 0 && q.allowsNA() && q.Type == TypeChoice:
			answer = "na"
		case kind == 0 && q.allowsNA() && q.Type == TypeChoices:
			answer = []string{"na"}
		case kind == 0 && q.allowsNA():
			answer = map[string]bool{"na": true}
		case kind <= 1 && !q.required:
			continue
		case q.Type == TypeChoice:
			answer = oneOf(r, realOptions(q.Question))
		case q.Type == TypeChoices:
			ids := realOptions(q.Question)
			r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			answer = ids[:1+r.IntN(len(ids))]
		case q.Type == TypeScale:
			answer = *q.From + r.Int64N(*q.To-*q.From+1)
		default:
			answer = r.IntN(41)
		}
		sent, err := json.Marshal(answer)
		require.NoError(t, err)
		raw[q.ID] = sent
		read, given, wrong := q.read(sent)
		require.True(t, given)
		require.Empty(t, wrong)
		answers[q.ID] = read
	}
	read, faults := v.Read(raw)
	require.Empty(t, faults)
	return read
}

// drawTargets draws none or some, of branches and of regions, each with a day of its own.
func (p *drawnProgramme) drawTargets() {
	for range p.IntN(6) {
		target := drawnTarget{Checklist: oneOf(p.Rand, p.Checklists).ID, Score: cmp.Or(p.Int64N(10_001), 1),
			By: drawnNow.AddDate(0, 0, oneOf(p.Rand, []int{0, 1, p.IntN(500) - 250})).Format(time.DateOnly)}
		if branch := oneOf(p.Rand, p.Branches); branch.Region == "" || p.IntN(2) == 0 {
			target.Branch = &branch.ID
		} else {
			target.Region = branch.Region
		}
		taken := false
		for _, other := range p.Targets {
			taken = taken || other.Checklist == target.Checklist && other.By == target.By
		}
		if !taken {
			p.Targets = append(p.Targets, target)
		}
	}
}

// drawRequest asks for the report of a branch over a period: a day, a month, a year, five years, the last 90 days.
func (p *drawnProgramme) drawRequest() drawnRequest {
	ask := drawnRequest{Branch: oneOf(p.Rand, p.Branches).ID}
	first := oneOf(p.Rand, p.days)
	var last time.Time
	switch p.IntN(10) {
	case 0:
		last = first
	case 1:
		first = first.AddDate(0, 0, 1-first.Day())
		last = first.AddDate(0, 1, -1)
	case 2:
		first = first.AddDate(-4, 0, 0)
		last = first.AddDate(5, 0, -1)
	case 3:
		first = time.Date(first.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		last = first.AddDate(1, 0, -1)
	case 4:
		return p.perhapsOf(ask)
	case 5, 6:
		last = first.AddDate(0, 0, 29)
	default:
		first = first.AddDate(0, 0, -p.IntN(60))
		last = first.AddDate(0, 0, p.IntN(90))
	}
	ask.From, ask.To = first.Format(time.DateOnly), last.Format(time.DateOnly)
	return p.perhapsOf(ask)
}

// perhapsOf names a checklist in some requests, also one that the branch never used.
func (p *drawnProgramme) perhapsOf(ask drawnRequest) drawnRequest {
	if p.IntN(4) == 0 {
		ask.Checklist = &oneOf(p.Rand, p.Checklists).ID
	}
	return ask
}

func (r drawnRequest) String() string {
	return fmt.Sprintf("branch %s from %q to %q of checklist %v", r.Branch, r.From, r.To, r.Checklist)
}
