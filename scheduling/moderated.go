package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
)

// ModeratedGroup is what a moderator sees of an own session: nothing of money.
type ModeratedGroup struct {
	ID       uuid.UUID       `json:"id"`
	Study    string          `json:"study,omitempty" doc:"The study's title; absent in lists"`
	Purpose  string          `json:"purpose,omitempty" doc:"What is to be found out; absent in lists"`
	Topic    string          `json:"topic" example:"Waiting at the counter"`
	State    FocusGroupState `json:"state" enum:"scheduled,closed,cancelled"`
	Running  bool            `json:"running" doc:"Whether it is scheduled, has begun and is not over"`
	Language string          `json:"language" doc:"BCP 47: the language that is spoken" example:"en"`
	Place    *Place          `json:"place,omitempty" doc:"Where the room is"`
	Zone     string          `json:"zone" doc:"IANA time zone: the venue's"`
	Starts   string          `json:"starts,omitempty" doc:"Wall time of the venue" example:"2026-11-26T18:00"`
	Ends     string          `json:"ends,omitempty" doc:"Wall time of the venue" example:"2026-11-26T19:30"`
	StartsAt *time.Time      `json:"starts_at,omitempty" doc:"The instant at which it starts"`
	EndsAt   *time.Time      `json:"ends_at,omitempty" doc:"The instant at which it ends"`
	Seats    int64           `json:"seats" doc:"How many participants are wanted" example:"8"`
	Minimum  int64           `json:"minimum" doc:"How many it takes to run" example:"6"`
	Taken    int64           `json:"taken" doc:"How many seats are accepted or on offer"`
	Reason   string          `json:"reason,omitempty" doc:"Why it was cancelled"`
	Guide    []GuideStep     `json:"guide,omitempty" doc:"The topic guide: what is done, step by step; absent in lists"`
	Edition  int64           `json:"edition" doc:"Counts changes; the ETag"`
}

// ForModerator leaves what a moderator may know of an own session.
func (g FocusGroup) ForModerator() ModeratedGroup {
	return ModeratedGroup{ID: g.ID, Topic: g.Topic, State: g.State, Running: g.Running, Language: g.Language, Place: g.Place, Zone: g.Zone, Starts: g.Starts, Ends: g.Ends,
		StartsAt: g.StartsAt, EndsAt: g.EndsAt, Seats: g.Seats, Minimum: g.Minimum, Taken: g.Taken, Reason: g.Reason, Edition: g.Edition}
}

// GetModerated gives one focus group as its moderator sees it, with the study's guide.
func (s *FocusGroups) GetModerated(ctx context.Context, viewer account.User, id uuid.UUID) (ModeratedGroup, error) {
	g, err := s.Get(ctx, viewer, id)
	if err != nil {
		return ModeratedGroup{}, err
	}
	study, _, err := getStudy(ctx, s.DB.Read(), planner, g.StudyID)
	m := g.ForModerator()
	m.Study, m.Purpose, m.Guide = study.Title, study.Purpose, study.Guide
	return m, err
}
