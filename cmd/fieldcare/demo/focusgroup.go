package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

// group is one focus group of the demo, from its plan on. Its steps are added by the methods below and in the files
// beside this one, each with its time.
type group struct {
	*demo
	topic, room, reference string
	seats, reserve         int64
	first                  time.Time // midnight of the day from which its days are counted
	starts, ends           time.Time
	id                     uuid.UUID
}

// lasts is how long the topic guide takes.
const lasts = 105 * time.Minute

// soon is when today's group starts: one hour to an hour and a half after the demo is made, and in the evening where
// only its day is known.
func soon(until time.Time) time.Time {
	if until = until.UTC(); until.Equal(until.Truncate(day)) {
		return until.Add(16 * time.Hour)
	}
	return until.Truncate(30 * time.Minute).Add(90 * time.Minute)
}

// zone is that of all venues.
func zone() *time.Location {
	place, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		panic(err) // the venues were added with this zone
	}
	return place
}

// evening is a group that starts at six in the evening of the first working day from so many days after the demo's end on.
func (d *demo) evening(days int, topic, room, reference string) *group {
	at := d.today.AddDate(0, 0, days)
	switch at.Weekday() {
	case time.Saturday:
		at = at.AddDate(0, 0, 2)
	case time.Sunday:
		at = at.AddDate(0, 0, 1)
	}
	first := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone())
	starts := time.Date(at.Year(), at.Month(), at.Day(), 18, 0, 0, 0, zone())
	return &group{demo: d, topic: topic, room: room, reference: reference, seats: 8, reserve: 3, first: first, starts: starts, ends: starts.Add(lasts)}
}

// before is a time of the day, so many days before the group's own.
func (g *group) before(days, hour, minute int) time.Time {
	return time.Date(g.first.Year(), g.first.Month(), g.first.Day()-days, hour, minute, 0, 0, zone())
}

// sometime is a time between nine and eight o'clock of such a day, when people answer their mail.
func (g *group) sometime(days int) time.Time { return g.before(days, 9, g.chance.IntN(11*60)) }

// fillFocusGroups lays out the study and what happened to each of its groups.
func (d *demo) fillFocusGroups(context.Context) error {
	d.at(d.today.AddDate(0, 0, -46).Add(8*time.Hour), d.addVenues)
	d.at(d.today.AddDate(0, 0, -45).Add(9*time.Hour), d.addStudy)
	missed := d.closedGroup()
	d.todaysGroup()
	d.comingGroup(missed)
	d.draftGroup()
	for ago := 40; ago >= 0; ago-- {
		d.at(d.today.AddDate(0, 0, -ago), func(ctx context.Context) error {
			_, err := d.server.Invitations.ExpireDue(ctx)
			return err
		})
	}
	return nil
}

// coordinates is who plans the groups, and moderates who leads them.
func (d *demo) coordinates() account.User { return d.coordinator(0) }

func (d *demo) moderates() account.User { return d.people[d.role("moderator")[0].Email] }

// plan has the group added as a draft.
func (g *group) plan(at time.Time) {
	g.at(at, func(ctx context.Context) error {
		g.id = uuid.New()
		room, moderator := g.rooms[g.room], g.moderates().ID
		change := scheduling.FocusGroupChange{Topic: &g.topic, RoomID: &room, RoomReference: &g.reference, ModeratorID: &moderator, Seats: &g.seats, Reserve: &g.reserve}
		if !g.starts.IsZero() {
			starts, ends := wall(g.starts.In(zone())), wall(g.ends.In(zone()))
			change.Starts, change.Ends = &starts, &ends
		}
		_, _, err := g.server.FocusGroups.Add(ctx, g.coordinates(), "demo", scheduling.NewFocusGroup{ID: g.id, StudyID: g.studyID, FocusGroupChange: change})
		return g.named(err)
	})
}

func (g *group) named(err error) error {
	if err != nil {
		return fmt.Errorf("“%s”: %w", g.topic, err)
	}
	return nil
}

func (g *group) schedule(at time.Time) {
	g.at(at, func(ctx context.Context) error {
		_, err := g.server.FocusGroups.Schedule(ctx, g.coordinates(), g.id)
		return g.named(err)
	})
}

func (g *group) close(at time.Time) {
	g.at(at, func(ctx context.Context) error {
		_, err := g.server.FocusGroups.Close(ctx, g.coordinates(), g.id)
		return g.named(err)
	})
}

func rare(p *participant) bool     { return p.email != "" && !p.attached && p.visits < 8 }
func frequent(p *participant) bool { return p.email != "" && !p.attached && p.visits >= 8 }
func written(p *participant) bool  { return p.email != "" }

// closedGroup is that of two weeks ago. Four of those who come often and seven others take all seats with the reserve;
// of the three who then wait one is never offered a seat, for the quota is full, and one does not want it any more. The
// last who did not come is given back.
func (d *demo) closedGroup() (missed *participant) {
	g := d.evening(-14, "When something went wrong", "Studio A", "SK-2291")
	old := func(p *participant) bool { return p.age != "16–24" }
	often := g.ask(d.choose(5, func(p *participant) bool { return frequent(p) && old(p) }))
	others := g.ask(d.choose(9, func(p *participant) bool { return rare(p) && old(p) }))
	rest := g.ask(d.choose(25, written))
	unlisted := d.choose(1, rare)[0]
	g.plan(g.before(29, 9, 10))
	g.schedule(g.before(29, 9, 40))
	g.plansCosts(g.before(28, 11, 0), d.study.ClosedCosts)
	g.invite(g.before(21, 9, 0), "", often, others, rest)
	g.send(g.before(21, 9, 30), "drafts", g.before(6, 18, 0))
	for i, a := range often[:4] {
		a.accepts(g.sometime(20 - i))
	}
	for i, a := range others[:7] {
		a.accepts(g.sometime(20 - i))
	}
	for i, a := range []*asked{often[4], others[7], others[8]} {
		a.accepts(g.before(11-i, 12, 0)) // and waits
	}
	for i, a := range rest[:9] {
		a.declines(g.sometime(20 - i))
	}
	for i, a := range rest[9:12] {
		a.isScreenedOut(g.sometime(19 - i))
	}
	rest[12].isWithdrawn(g.before(10, 10, 20), "Works for a competitor, as she told us on the telephone")
	rest[13].isCalled(g.before(9, 17, 5), "not_reached", "")
	rest[13].isCalled(g.before(8, 17, 40), "reached", "Would rather not: her evenings are taken.")
	rest[13].declinesByPhone(g.before(8, 17, 45))
	g.send(g.before(13, 9, 0), "unanswered", g.before(6, 18, 0))
	others[0].cancels(g.before(5, 9, 15), "I have to be in Kraków that day, sorry.")
	others[7].declines(g.before(5, 13, 0))
	others[8].accepts(g.before(5, 16, 30))
	others[1].cancels(g.before(1, 19, 30), "My daughter is ill.")
	coming := append(append([]*asked{}, often[:4]...), others[2], others[3], others[4], others[5], others[6], others[8])
	for _, a := range coming[:8] {
		a.confirms(g.sometime(1))
	}
	coming[8].isCalled(g.before(0, 10, 10), "reached", "Comes, if the train does.")
	g.door(coming, unlisted)
	g.findsOut()
	g.close(g.before(-1, 9, 20))
	g.acts()
	g.paysCosts(g.before(-2, 11, 0), d.study.ClosedCosts)
	d.erase(g.before(-6, 11, 15), rest[0].who)
	return coming[9].who
}

// todaysGroup is the one that starts an hour after the demo is made.
func (d *demo) todaysGroup() {
	g := &group{demo: d, topic: "Putting it right at the counter", room: "Cupping room", seats: 8, reserve: 4,
		first: time.Date(d.today.Year(), d.today.Month(), d.today.Day(), 0, 0, 0, 0, zone()), starts: d.soon, ends: d.soon.Add(lasts)}
	often := g.ask(d.choose(5, frequent))
	helped := g.ask(d.choose(1, func(p *participant) bool { return p.needs && written(p) && p.visits < 8 }))
	others := g.ask(d.choose(6, rare))
	rest := g.ask(d.choose(22, written))
	g.plan(g.before(24, 10, 0))
	g.schedule(g.before(24, 10, 15))
	g.plansCosts(g.before(23, 10, 0), d.study.TodayCosts)
	g.invite(g.before(16, 9, 0), "", often, helped, others, rest)
	g.send(g.before(16, 9, 20), "drafts", g.before(4, 20, 0))
	coming := append(append(append([]*asked{}, often[:4]...), helped...), others...)
	for i, a := range coming {
		a.accepts(g.sometime(15 - i%6))
	}
	often[4].accepts(g.before(8, 12, 0)) // and waits: the quota is full
	for i, a := range rest[:8] {
		a.declines(g.sometime(15 - i))
	}
	rest[8].isScreenedOut(g.sometime(9))
	others[5].cancels(g.before(3, 10, 0), "We are moving house sooner than I thought.")
	coming = coming[:len(coming)-1]
	for _, a := range coming[:7] {
		a.confirms(g.sometime(1))
	}
	coming[7].isCalled(g.before(1, 16, 10), "not_reached", "")
	coming[8].isCalled(g.before(1, 16, 20), "call_back", "In a meeting; call again in the morning.")
	g.paysCosts(g.before(1, 12, 0), d.study.TodayCosts)
}

// comingGroup is the one in about ten days: half of its seats are taken, and of those who come often two wait for one of
// theirs. Somebody who missed the group before is asked all the same.
func (d *demo) comingGroup(missed *participant) {
	g := d.evening(12, "Coming back after a complaint", "Studio A", "SK-2318")
	g.reserve = 4
	often := g.ask(d.choose(6, frequent))
	others := g.ask(d.choose(3, rare))
	rest := g.ask(d.choose(20, written))
	silent := g.ask(d.choose(1, func(p *participant) bool { return p.email == "" && !p.attached && p.visits < 8 }))
	late := g.ask(d.choose(3, written))
	day := func(ago, hour, minute int) time.Time {
		return time.Date(d.today.Year(), d.today.Month(), d.today.Day()-ago, hour, minute, 0, 0, zone())
	}
	sometime := func(ago int) time.Time { return day(ago, 9, d.chance.IntN(11*60)) }
	g.plan(day(12, 14, 0))
	g.schedule(day(12, 14, 20))
	g.plansCosts(day(12, 15, 0), d.study.AheadCosts)
	g.invite(day(9, 9, 0), "", often, others, rest, silent)
	g.send(day(9, 9, 30), "drafts", time.Time{})
	for i, a := range often {
		a.accepts(day(8, 10+i, 5*i))
	}
	for i, a := range others {
		a.accepts(sometime(7 - i))
	}
	for i, a := range rest[:5] {
		a.declines(sometime(8 - i))
	}
	rest[5].isScreenedOut(sometime(6))
	rest[6].unsubscribes(sometime(5))
	others[2].cancels(day(2, 12, 30), "I am sent to Vilnius for work.")
	silent[0].isCalled(day(6, 17, 0), "not_reached", "")
	silent[0].isCalled(day(5, 17, 30), "reached", "Comes with pleasure; has no e-mail.")
	silent[0].acceptsByPhone(day(5, 17, 35))
	g.invite(day(1, 15, 0), "", late)
	g.invite(day(1, 15, 20), "Was ill last time, and wrote to us the same evening", g.ask([]*participant{missed}))
}

// draftGroup is the one in Łódź that has no time yet.
func (d *demo) draftGroup() {
	g := &group{demo: d, topic: "Those who stopped coming", room: "Loft 3", seats: 6, reserve: 3}
	g.plan(d.today.AddDate(0, 0, -4).Add(11 * time.Hour))
	d.at(d.today.AddDate(0, 0, -3).Add(9*time.Hour), func(ctx context.Context) error {
		var ids []uuid.UUID
		for _, p := range d.participants {
			if p.place == "Łódź" && p.visits < 2 && !p.doNotContact {
				ids = append(ids, p.id)
			}
		}
		_, err := d.server.Invitations.Invite(ctx, d.coordinates(), g.id, scheduling.Invitees{Participants: ids})
		return g.named(err)
	})
}
