package account

import (
	"fmt"
	"strings"

	"fieldcare/internal/fault"
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

var roleNames = []string{"shopper", "manager", "moderator", "coordinator", "admin"}

// Any is true when r and other share a role.
func (r Roles) Any(other Roles) bool { return r&other != 0 }

// Names gives the roles' names, in a fixed order.
func (r Roles) Names() []string {
	names := []string{}
	for i, name := range roleNames {
		if r.Any(1 << i) {
			names = append(names, name)
		}
	}
	return names
}

// ParseRoles reads names of roles. The error is a fault at /roles.
func ParseRoles(names []string) (Roles, error) {
	var roles Roles
	for _, name := range names {
		role := Roles(0)
		for i, known := range roleNames {
			if name == known {
				role = 1 << i
			}
		}
		if role == 0 {
			return 0, fault.At("/roles", "must be one or more of %s", strings.Join(roleNames, ", "))
		}
		roles |= role
	}
	return roles, nil
}

func (r Roles) faults() []fault.Fault {
	switch {
	case r <= 0 || r >= 1<<len(roleNames):
		return []fault.Fault{{Pointer: "/roles", Detail: fmt.Sprintf("must be one or more of %s", strings.Join(roleNames, ", "))}}
	case r&(Shopper|Manager) == Shopper|Manager:
		return []fault.Fault{{Pointer: "/roles", Detail: "nobody is shopper and manager at once: a manager must not know who visits the branches. Give one of the two"}}
	}
	return nil
}
