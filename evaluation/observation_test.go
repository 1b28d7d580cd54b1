package evaluation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// plainVisit gives nothing to look at.
func plainVisit() claims {
	opens := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	return claims{
		Begun: opens.Add(time.Hour), Finished: opens.Add(2 * time.Hour), Received: opens.Add(3 * time.Hour),
		Window: Window{Opens: "2026-11-23T09:00", Closes: "2026-11-23T20:00", OpensAt: opens, ClosesAt: opens.Add(11 * time.Hour)},
		Branch: &Position{Lat: 52.25, Lon: 21.01}, Answered: 20, Choices: []int{0, 1, 0, 0, 2, 0, 1, 0, 0},
	}
}

func TestEachObservationFiresAtItsLimitAndNotJustShortOfIt(t *testing.T) {
	at := func(at time.Time) *time.Time { return &at }
	north := func(metres float64) Position { return Position{Lat: 52.25 + metres/111195.08, Lon: 21.01} }
	for _, c := range []struct {
		kind    string
		fires   func(*claims)
		shortOf func(*claims)
	}{
		{"too_fast",
			func(c *claims) { c.Finished = c.Begun.Add(20*secondsPerAnswer*time.Second - time.Second) },
			func(c *claims) { c.Finished = c.Begun.Add(20 * secondsPerAnswer * time.Second) }},
		{"far_from_branch",
			func(c *claims) { p := north(531); p.Accuracy = 30; c.Places = []placeClaim{{"here", p}} },
			func(c *claims) { p := north(529); p.Accuracy = 30; c.Places = []placeClaim{{"here", p}} }},
		{"outside_window",
			func(c *claims) { c.Begun = c.Window.OpensAt.Add(-time.Second) },
			func(c *claims) { c.Begun = c.Window.OpensAt }},
		{"photo_used_elsewhere",
			func(c *claims) { c.Photos = []photoFact{{QuestionID: "shelf", Elsewhere: true}} },
			func(c *claims) { c.Photos = []photoFact{{QuestionID: "shelf"}} }},
		{"photo_time",
			func(c *claims) { c.Photos = []photoFact{{TakenAt: at(c.Begun.Add(-photoSlack - time.Second))}} },
			func(c *claims) {
				c.Photos = []photoFact{{TakenAt: at(c.Begun.Add(-photoSlack))}, {TakenAt: at(c.Finished.Add(photoSlack))}}
			}},
		{"all_alike",
			func(c *claims) { c.Choices = []int{1, 1, 1, 1, 1, 1, 1, 1} },
			func(c *claims) { c.Choices = []int{1, 1, 1, 1, 1, 1, 1} }},
		{"clock",
			func(c *claims) { c.Received = c.Finished.Add(-clockSlack - time.Second) },
			func(c *claims) { c.Received = c.Finished.Add(-clockSlack) }},
	} {
		odd, plain := plainVisit(), plainVisit()
		c.fires(&odd)
		c.shortOf(&plain)
		seen := odd.observe()
		require.Len(t, seen, 1, c.kind)
		require.Equal(t, c.kind, seen[0].Kind)
		require.NotEmpty(t, seen[0].Reason)
		require.Empty(t, plain.observe(), "just short of %s", c.kind)
	}
}

func TestAVisitThatFinishedBeforeItBeganIsTheClocksFault(t *testing.T) {
	c := plainVisit()
	c.Finished = c.Begun.Add(-time.Second)
	require.Equal(t, "clock", c.observe()[0].Kind)
}

func TestChoicesThatDifferOnceAreNotAlike(t *testing.T) {
	c := plainVisit()
	c.Choices = []int{1, 1, 1, 1, 1, 1, 1, 1, 0}
	require.Empty(t, c.observe())
}

func TestAnObservationSaysItsTimesAsTheBranchsClockShowsThem(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	require.NoError(t, err)
	c := plainVisit()
	c.Window.OpensAt, c.Window.ClosesAt = c.Window.OpensAt.In(warsaw), c.Window.ClosesAt.In(warsaw)
	taken := c.Begun.Add(-26 * time.Hour)
	c.Photos = []photoFact{{TakenAt: &taken}}
	require.Equal(t, "a photo was taken on 22 November 2026, 08:00, away from the visit", c.observe()[0].Reason)
	c.Begun = c.Window.OpensAt.Add(-time.Minute)
	require.Equal(t, "it began on 23 November 2026, 08:59; the window was 23 November 2026, 09:00 to 23 November 2026, 20:00", c.observe()[0].Reason)
}
