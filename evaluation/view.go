package evaluation

import (
	"encoding/json"

	"fieldcare/internal/database"
)

// viewLength is how many digits of a view's hash are shown: enough to tell two printed reports apart.
const viewLength = 12

// viewOf is a short hash of a report whose own view is still empty: the first 12 hexadecimal digits of the SHA-256 of its
// canonical JSON. Two reports with the same view say the same. As it is made of nothing but what the report says, it
// tells nothing more.
func viewOf(report any) string {
	text, err := json.Marshal(report)
	if err != nil {
		return "" // only of a figure that is no number: then the report cannot be sent either
	}
	hash, err := database.ContentHash(text)
	if err != nil {
		return ""
	}
	return hash[:viewLength]
}
