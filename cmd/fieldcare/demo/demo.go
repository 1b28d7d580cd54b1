// Package demo fills an empty database with what people would have done in the last half year, through the same calls
// and with the same rules as the application, and draws the photos that they would have taken.
//
// It is deterministic: the same day, secret and program give the same rows and the same files, but for the time at which
// today's focus group starts: about an hour after the demo is made.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/evaluation"
	"fieldcare/handlers"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
)

// days is how long the demo looks back.
const days = 182

// seed makes all that is random. The visits with their answers, the focus groups, the pictures and the ids each draw from
// a source of their own, so that a change of one does not stir the others.
var seed = [32]byte([]byte("Northwind Coffee, a demo of ours"))

// Wire makes the application on the demo's clock. Its mail is to be kept, not sent.
type Wire func(clock func() time.Time) (*handlers.Server, *jobs.Runner, error)

// ErrInterrupted says that an earlier fill did not come to its end, so that what is there is half a demo.
var ErrInterrupted = errors.New("an earlier start was interrupted before the demo was whole")

// The marks around a fill: what was begun and not finished is found by them.
var (
	begun = uuid.NewSHA1(uuid.NameSpaceURL, []byte("fieldcare demo begun"))
	whole = uuid.NewSHA1(uuid.NameSpaceURL, []byte("fieldcare demo whole"))
)

// demo is a fill under way.
type demo struct {
	programme
	texts  texts
	server *handlers.Server
	runner *jobs.Runner

	now   time.Time // moves through the past
	today time.Time // midnight UTC of the day on which it ends
	steps []step

	random     *rand.Rand
	pictures   *rand.Rand
	people     map[string]account.User // by what stands before the @
	branches   []evaluation.Branch     // as in the programme
	cafe, call uuid.UUID               // the checklists
	lastFront  []byte                  // the picture of a front that was handed in last

	panel        panel
	study        study
	chance       *rand.Rand // of the panel and the focus groups
	participants []*participant
	rooms        map[string]uuid.UUID // by name
	studyID      uuid.UUID
	soon         time.Time // when today's focus group starts
}

// step is something that somebody does at a time.
type step struct {
	at time.Time
	do func(context.Context) error
}

// Fill fills the database, when it is empty, with the half year up to the midnight (UTC) before the given time, an hour
// after which today's focus group starts (or in the evening, where the time is midnight: a day alone was given). It is
// nil, and nothing is done, where anybody is there already; ErrInterrupted where that is half a demo.
//
// While it runs it makes all ids of the process from its seed, so nothing else may run beside it.
func Fill(ctx context.Context, db *database.DB, until time.Time, wire Wire) (*Counts, error) {
	if empty, err := isEmpty(ctx, db); err != nil || !empty {
		return nil, err
	}
	source := func(purpose byte) *rand.ChaCha8 {
		own := seed
		own[0] = purpose
		return rand.NewChaCha8(own)
	}
	uuid.SetRand(source('i'))
	defer uuid.SetRand(nil)
	d := &demo{today: until.UTC().Truncate(24 * time.Hour), random: rand.New(source('v')), pictures: rand.New(source('p')), chance: rand.New(source('g')), soon: soon(until)}
	d.now = d.today.AddDate(0, 0, -days-14)
	var err error
	if d.programme, d.texts, err = readProgramme(); err != nil {
		return nil, err
	}
	if err = errors.Join(read("panel.json", &d.panel), read("study.json", &d.study)); err != nil {
		return nil, err
	}
	if d.server, d.runner, err = wire(func() time.Time { return d.now }); err != nil {
		return nil, err
	}
	for _, fill := range []func(context.Context) error{
		d.mark(begun), d.fillPeople, d.fillSettings, d.fillBranches, d.fillChecklists, d.fillTargets,
		d.fillVisits, d.fillPanel, d.fillFocusGroups, d.run, d.mark(whole),
	} {
		if err := fill(ctx); err != nil {
			return nil, err
		}
	}
	return d.count(ctx)
}

// isEmpty is true of a database in which nobody is.
func isEmpty(ctx context.Context, db *database.DB) (bool, error) {
	var marks, people int
	err := db.Read().NewRaw("SELECT (SELECT COUNT(*) FROM creations WHERE id IN (?)), (SELECT COUNT(*) FROM users)",
		bun.List([]uuid.UUID{begun, whole})).Scan(ctx, &marks, &people)
	if err == nil && marks == 1 {
		err = ErrInterrupted
	}
	return people == 0, err
}

func (d *demo) mark(id uuid.UUID) func(context.Context) error {
	return func(ctx context.Context) error {
		return d.server.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := database.Create(ctx, tx, id, "demo")
			return err
		})
	}
}

// at has something done at a time.
func (d *demo) at(when time.Time, do func(context.Context) error) {
	d.steps = append(d.steps, step{when, do})
}

// run does all steps in the order of their times, and after each what it left to do: the mail is as old as what it tells.
func (d *demo) run(ctx context.Context) error {
	slices.SortStableFunc(d.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, s := range d.steps {
		if s.at.After(d.today) {
			return fmt.Errorf("something is to be done at %s, after the demo's end", s.at)
		}
		d.now = s.at
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("at %s: %w", s.at.Format(time.RFC3339), err)
		}
		if _, err := d.runner.RunDue(ctx); err != nil {
			return err
		}
	}
	return nil
}
