package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// quotaColumn is an attribute that quotas name, with those quotas.
type quotaColumn struct {
	name   string
	quotas []Quota
}

// columnsOf gathers quotas by attribute, in the order in which they name them.
func columnsOf(quotas []Quota, names map[uuid.UUID]string) (columns []quotaColumn) {
	places := map[uuid.UUID]int{}
	for _, q := range quotas {
		at, known := places[q.AttributeID]
		if !known {
			at = len(columns)
			places[q.AttributeID] = at
			columns = append(columns, quotaColumn{name: names[q.AttributeID]})
		}
		columns[at].quotas = append(columns[at].quotas, q)
	}
	return columns
}

// notInQuotas stands for a value that no quota counts.
const notInQuotas = "other"

// valueOf is what the report says of somebody's attribute: in the words of the quota that counts them, never the value
// itself, which (a day of birth, a place of work) might tell who they are. It is empty where nothing is known.
func (c quotaColumn) valueOf(attributes map[string]string) string {
	at := slices.IndexFunc(c.quotas, func(q Quota) bool { return q.Covers(attributes) })
	switch {
	case at >= 0:
		return c.quotas[at].kind()
	case attributes[c.quotas[0].AttributeID.String()] == "":
		return ""
	}
	return notInQuotas
}

// reached says how many of those whom each quota names took part.
func reached(columns []quotaColumn, all []invited) []ReportedQuota {
	quotas := []ReportedQuota{}
	for _, c := range columns {
		for _, q := range c.quotas {
			r := ReportedQuota{Attribute: c.name, Value: q.kind(), Target: q.Target, Hard: q.Hard}
			for _, i := range all {
				if i.tookPart() && q.Covers(i.attributes) {
					r.TookPart++
				}
			}
			quotas = append(quotas, r)
		}
	}
	return quotas
}

// notHeard says in words whom the study wanted and did not hear, or not enough of.
func notHeard(quotas []ReportedQuota) []string {
	missing := []string{}
	for _, q := range quotas {
		switch {
		case q.Target <= q.TookPart:
		case q.TookPart == 0:
			missing = append(missing, fmt.Sprintf("Nobody of “%s: %s” took part; %s wanted.", q.Attribute, q.Value, counted(q.Target, "was", "were")))
		default:
			missing = append(missing, fmt.Sprintf("Of “%s: %s” %d took part; %d were wanted.", q.Attribute, q.Value, q.TookPart, q.Target))
		}
	}
	return missing
}

// columns are the attributes that the study's quotas name.
func (g reportRow) columns(ctx context.Context, from bun.IDB) ([]quotaColumn, error) {
	var quotas []Quota
	if err := json.Unmarshal([]byte(g.Quotas), &quotas); err != nil {
		return nil, fmt.Errorf("the quotas of study %s: %w", g.StudyID, err)
	}
	names := map[uuid.UUID]string{}
	for _, q := range quotas {
		if names[q.AttributeID] != "" {
			continue
		}
		var name string
		if err := selectAttributeName.Row(ctx, from, q.AttributeID).Scan(&name); err != nil {
			return nil, err
		}
		names[q.AttributeID] = name
	}
	return columnsOf(quotas, names), nil
}

var selectAttributeName = database.Prepared("SELECT name FROM attributes WHERE id = ?")
