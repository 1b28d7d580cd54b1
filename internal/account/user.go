// Package account says who may use the application: users and their roles, passwords, sessions, tokens, mailed links,
// and the audit trail.
package account

import (
	"github.com/google/uuid"

	"fieldcare/internal/database"
)

// Roles is a set of roles. They add up; nobody is shopper and manager at once.
type Roles int64

// The roles of the field. A manager is a branch manager.
const (
	Shopper Roles = 1 << iota
	Manager
	Moderator
	Coordinator
	Admin
)

// Any is true when r and other share a role.
func (r Roles) Any(other Roles) bool { return r&other != 0 }

// User is a person who signs in.
type User struct {
	ID         uuid.UUID
	Email      string // folded to lower case; unique
	Name       string
	Language   string // BCP 47
	Roles      Roles
	DisabledAt database.Time
	Edition    int64 // counts changes, for If-Match
}
