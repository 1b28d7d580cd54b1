package handlers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// user is a user as the API shows one.
type user struct {
	ID       uuid.UUID `json:"id"`
	Email    string    `json:"email" example:"sam@example.org"`
	Name     string    `json:"name"`
	Language string    `json:"language" doc:"BCP 47" example:"en"`
	Roles    []string  `json:"roles" enum:"shopper,manager,moderator,coordinator,admin" nullable:"false" example:"[\"shopper\"]"`
	Disabled bool      `json:"disabled"`
	Edition  int64     `json:"edition" doc:"Counts changes; the ETag"`

	MonthlyDigest *bool `json:"monthly_digest,omitempty" doc:"Of a manager: whether they want a mail on the first of each month about their branches"`
}

func userOf(u account.User) user {
	shown := user{ID: u.ID, Email: u.Email, Name: u.Name, Language: u.Language, Roles: u.Roles.Names(), Disabled: !u.DisabledAt.IsZero(), Edition: u.Edition}
	if u.Roles.Any(account.Manager) {
		shown.MonthlyDigest = &u.MonthlyDigest
	}
	return shown
}

// UserChange is what to change of a user; what is absent stays.
type UserChange struct {
	Email    *string   `json:"email,omitempty" maxLength:"254"`
	Name     *string   `json:"name,omitempty" maxLength:"120"`
	Language *string   `json:"language,omitempty" maxLength:"35"`
	Roles    *[]string `json:"roles,omitempty" doc:"shopper, manager, moderator, coordinator, admin; nobody is shopper and manager at once"`
	Disabled *bool     `json:"disabled,omitempty" doc:"Signs the user out everywhere, at once"`
}

func (c UserChange) change() (account.UserChange, error) {
	change := account.UserChange{Email: c.Email, Name: c.Name, Language: c.Language, Disabled: c.Disabled}
	if c.Roles != nil {
		roles, err := account.ParseRoles(*c.Roles)
		if err != nil {
			return change, err
		}
		change.Roles = &roles
	}
	return change, nil
}

type listUsersInput struct {
	Paging
	Search   string `query:"search" maxLength:"100" doc:"In name and e-mail, without case and accents"`
	Role     string `query:"role" enum:"shopper,manager,moderator,coordinator,admin" doc:"Those who have this role"`
	Disabled string `query:"disabled" enum:"yes,no" doc:"Only the disabled, or only the others"`
}

func (s *Server) listUsers(ctx context.Context, u account.User, in *listUsersInput) (*page[user], error) {
	f := account.UserFilter{Search: in.Search, Limit: in.Limit, Cursor: in.Cursor}
	if in.Role != "" {
		roles, err := account.ParseRoles([]string{in.Role})
		if err != nil {
			return nil, err
		}
		f.Roles = roles
	}
	if in.Disabled != "" {
		disabled := in.Disabled == "yes"
		f.Disabled = &disabled
	}
	found, err := s.Accounts.List(ctx, u, f)
	if err != nil {
		return nil, err
	}
	users := make([]user, len(found.Items))
	for i, one := range found.Items {
		users[i] = userOf(one)
	}
	return &page[user]{database.Page[user]{Items: users, Next: found.Next}}, nil
}

func (s *Server) readUser(ctx context.Context, u account.User, in *ByID) (*one[user], error) {
	found, err := s.Accounts.Get(ctx, u, in.ID)
	if err != nil {
		return nil, err
	}
	return &one[user]{etag(found.Edition), userOf(found)}, nil
}

type newUser struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	UserChange
}

type addUserInput struct{ Body sent[newUser] }

func (s *Server) addUser(ctx context.Context, u account.User, in *addUserInput) (*made[user], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	change, err := in.Body.Value.change()
	if err != nil {
		return nil, err
	}
	added, again, err := s.Accounts.Add(ctx, u, in.Body.Value.ID, hash, change)
	if err != nil {
		return nil, err
	}
	return makes(userOf(added), added.Edition, again), nil
}

type changeUserInput struct {
	ByID
	IfMatch
	Body UserChange
}

func (s *Server) changeUser(ctx context.Context, u account.User, in *changeUserInput) (*one[user], error) {
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	return s.change(ctx, u, in.ID, in.IfMatch, change)
}

func (s *Server) change(ctx context.Context, u account.User, id uuid.UUID, match IfMatch, change account.UserChange) (*one[user], error) {
	edition, err := match.edition()
	if err != nil {
		return nil, err
	}
	changed, err := s.Accounts.Change(ctx, u, id, edition, change)
	if err != nil {
		return nil, err
	}
	return &one[user]{etag(changed.Edition), userOf(changed)}, nil
}

type csvInput struct {
	RawBody []byte `contentType:"text/csv" doc:"UTF-8; the first line names the columns"`
}

// imported says how many lines an import took.
type imported struct {
	Body struct {
		Added int `json:"added"`
	}
}

func importedOf(n int, err error) (*imported, error) {
	if err != nil {
		return nil, err
	}
	out := new(imported)
	out.Body.Added = n
	return out, nil
}

func (s *Server) importUsers(ctx context.Context, u account.User, in *csvInput) (*imported, error) {
	return importedOf(s.Accounts.Import(ctx, u, in.RawBody))
}

func (s *Server) readMe(ctx context.Context, u account.User, _ *struct{}) (*one[user], error) {
	return &one[user]{etag(u.Edition), userOf(u)}, nil
}

type changeMeInput struct {
	IfMatch
	Body struct {
		Name     *string `json:"name,omitempty" maxLength:"120"`
		Language *string `json:"language,omitempty" maxLength:"35"`

		MonthlyDigest *bool `json:"monthly_digest,omitempty" doc:"A manager's: a mail on the first of each month about the branches that they manage; off by default"`
	}
}

func (s *Server) changeMe(ctx context.Context, u account.User, in *changeMeInput) (*one[user], error) {
	return s.change(ctx, u, u.ID, in.IfMatch, account.UserChange{Name: in.Body.Name, Language: in.Body.Language, MonthlyDigest: in.Body.MonthlyDigest})
}

// openSession is a session that goes on.
type openSession struct {
	ID        uuid.UUID `json:"id"`
	StartedAt time.Time `json:"started_at"`
	UsedAt    time.Time `json:"used_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

type sessionsOutput struct {
	Body struct {
		Items []openSession `json:"items" nullable:"false"`
	}
}

func (s *Server) listUserSessions(ctx context.Context, u account.User, in *ByID) (*sessionsOutput, error) {
	if _, err := s.Accounts.Get(ctx, u, in.ID); err != nil {
		return nil, err
	}
	found, err := s.Accounts.Sessions(ctx, u, in.ID)
	if err != nil {
		return nil, err
	}
	out := new(sessionsOutput)
	out.Body.Items = make([]openSession, len(found))
	for i, f := range found {
		out.Body.Items[i] = openSession{f.ID, f.StartedAt.Time, f.UsedAt.Time, f.ExpiresAt.Time}
	}
	return out, nil
}

// auditRecord is one line of the audit trail: ids, actions and names of fields, never values.
type auditRecord struct {
	ID      uuid.UUID  `json:"id"`
	At      time.Time  `json:"at"`
	ActorID *uuid.UUID `json:"actor_id,omitempty" doc:"Absent for the clock and the command line"`
	Action  string     `json:"action"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
	Fields  []string   `json:"fields,omitempty"`
	Count   int        `json:"count,omitempty" doc:"How many of the kind it was done to, where no subject names the one: a purge"`
}

type listAuditInput struct {
	Paging
	Actor   uuid.UUID `query:"actor" doc:"What this user did"`
	Kind    string    `query:"kind" maxLength:"40" doc:"What was done to things of this kind" example:"visit"`
	Subject string    `query:"subject" maxLength:"100" doc:"What was done to the thing with this id"`
}

func (s *Server) listAudit(ctx context.Context, u account.User, in *listAuditInput) (*page[auditRecord], error) {
	found, err := s.Accounts.AuditList(ctx, u, account.AuditFilter{Actor: in.Actor, Kind: in.Kind, Subject: in.Subject, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	records := make([]auditRecord, len(found.Items))
	for i, r := range found.Items {
		records[i] = auditRecord{ID: r.ID, At: r.At.Time, Action: r.Action, Kind: r.Kind, Subject: r.Subject, Fields: r.Fields, Count: r.Subjects}
		if r.Actor != uuid.Nil {
			records[i].ActorID = &found.Items[i].Actor
		}
	}
	return &page[auditRecord]{database.Page[auditRecord]{Items: records, Next: found.Next}}, nil
}
