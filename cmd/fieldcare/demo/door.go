package demo

import (
	"context"
	"time"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// door is who came of ten who were expected: six in time, one of whom left early, and one late; one more when every seat
// was taken, for somebody had walked in; and two never.
func (g *group) door(expected []*asked, unlisted *participant) {
	came := func(i int, minutes int) time.Time {
		at := g.starts.Add(time.Duration(minutes) * time.Minute)
		expected[i].isSeen(at, scheduling.AttendanceRecord{Outcome: scheduling.TookPart, ArrivedAt: &at})
		return at
	}
	for i := range 5 {
		came(i, -14+3*i)
	}
	at := came(5, -2)
	left := g.ends.Add(-25 * time.Minute)
	expected[5].isSeen(left, scheduling.AttendanceRecord{Outcome: scheduling.TookPart, ArrivedAt: &at, LeftAt: &left, Note: "The last train"})
	g.letsIn(g.starts.Add(9*time.Minute), unlisted)
	came(6, 17)
	late := g.starts.Add(24 * time.Minute)
	expected[7].isSeen(late, scheduling.AttendanceRecord{Outcome: scheduling.TurnedAway, ArrivedAt: &late, Note: "Every seat was taken"})
	for _, a := range expected[8:] {
		a.isSeen(g.starts.Add(45*time.Minute), scheduling.AttendanceRecord{Outcome: scheduling.NoShow})
	}
}

// isSeen has the moderator record what is seen of the participant.
func (a *asked) isSeen(at time.Time, r scheduling.AttendanceRecord) {
	a.at(at, func(ctx context.Context) error {
		r.ID, r.RecordedAt = database.NewID(a.now), at
		_, _, err := a.server.Doors.Record(ctx, a.moderates(), a.id, a.invitation(), "demo", r)
		return a.named(err)
	})
}

// letsIn has the coordinator let somebody of the panel in who was not asked.
func (g *group) letsIn(at time.Time, p *participant) {
	g.at(at, func(ctx context.Context) error {
		_, _, err := g.server.Doors.LetIn(ctx, g.coordinates(), g.id, "demo", scheduling.WalkIn{ID: database.NewID(g.now), ParticipantID: &p.id, RecordedAt: at})
		return g.named(err)
	})
}
