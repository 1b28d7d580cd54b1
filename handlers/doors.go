package handlers

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type readAttendanceInput struct {
	ByID
	Search string `query:"search" maxLength:"120" doc:"Keep those with this in the name; moderators search first names"`
}

type answered[T any] struct{ Body T }

func (s *Server) readAttendance(ctx context.Context, u account.User, in *readAttendanceInput) (*answered[scheduling.SessionAttendance], error) {
	found, err := s.Doors.Attendance(ctx, u, in.ID, in.Search)
	return &answered[scheduling.SessionAttendance]{found}, err
}

// ByInvitation is the input of an operation on one participant's place in a focus group.
type ByInvitation struct {
	ByID
	InvitationID uuid.UUID `path:"invitation_id" doc:"The id of the invitation"`
}

func (s *Server) readAttendanceHistory(ctx context.Context, u account.User, in *ByInvitation) (*answered[scheduling.AttendanceHistory], error) {
	found, err := s.Doors.History(ctx, u, in.ID, in.InvitationID)
	return &answered[scheduling.AttendanceHistory]{found}, err
}

// doorAnswer answers 201, or 200 to a record that was sent again. It has no ETag: a correction is another record.
type doorAnswer struct {
	Status int
	Body   scheduling.Attendance
}

func doorOutput(a scheduling.Attendance, again bool, err error) (*doorAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &doorAnswer{201, a}
	if again {
		out.Status = 200
	}
	return out, nil
}

type recordAttendanceInput struct {
	ByInvitation
	Body sent[scheduling.AttendanceRecord]
}

func (s *Server) recordAttendance(ctx context.Context, u account.User, in *recordAttendanceInput) (*doorAnswer, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	return doorOutput(s.Doors.Record(ctx, u, in.ID, in.InvitationID, hash, in.Body.Value))
}

type checkInInput struct {
	ByID
	Body sent[scheduling.CheckIn]
}

func (s *Server) checkIn(ctx context.Context, u account.User, in *checkInInput) (*doorAnswer, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	return doorOutput(s.Doors.CheckIn(ctx, u, in.ID, hash, in.Body.Value))
}

type letInInput struct {
	ByID
	Body sent[scheduling.WalkIn]
}

func (s *Server) letIn(ctx context.Context, u account.User, in *letInInput) (*doorAnswer, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	return doorOutput(s.Doors.LetIn(ctx, u, in.ID, hash, in.Body.Value))
}

type picture struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *Server) readCheckInCode(ctx context.Context, u account.User, in *ByInvitation) (*picture, error) {
	image, err := s.Doors.Image(ctx, u, in.ID, in.InvitationID)
	if err != nil {
		return nil, err
	}
	return &picture{"image/png", image}, nil
}
