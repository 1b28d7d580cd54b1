package scheduling

import "fmt"

// notHeard says in words whom the study wanted and did not hear, or not enough of.
func notHeard(quotas []ReportedQuota) []string {
	missing := []string{}
	for _, q := range quotas {
		switch {
		case q.Target <= q.TookPart:
		case q.TookPart == 0:
			missing = append(missing, fmt.Sprintf("Nobody of “%s: %s” took part; %s wanted.", q.Attribute, q.Value, count(q.Target, "was", "were")))
		default:
			missing = append(missing, fmt.Sprintf("Of “%s: %s” %d took part; %d were wanted.", q.Attribute, q.Value, q.TookPart, q.Target))
		}
	}
	return missing
}
