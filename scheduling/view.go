package scheduling

import (
	"encoding/json"

	"fieldcare/internal/database"
)

// viewOf is a short hash of a report whose own view is still empty: the first 12 hexadecimal digits of the SHA-256 of its
// canonical JSON. Two reports with the same view say the same, and it tells nothing that they do not.
func viewOf(report FocusGroupReport) (string, error) {
	text, err := json.Marshal(report)
	if err != nil {
		return "", err
	}
	hash, err := database.ContentHash(text)
	if err != nil {
		return "", err
	}
	return hash[:12], nil
}
