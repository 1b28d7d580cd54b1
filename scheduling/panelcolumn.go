package scheduling

import (
	"slices"
	"strings"
)

// panelColumns are the columns of every import and export of participants; after them come the attributes, by name.
var panelColumns = []string{"name", "email", "phone", "language", "zone", "household", "employer", "notes", "tags", "do_not_contact"}

func isPanelColumn(name string) bool { return slices.Contains(panelColumns, strings.ToLower(name)) }
