package scheduling

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"fieldcare/internal/database"
	"fieldcare/internal/walltime"
)

// invited is what the report needs to know of one invitation. Nothing in it names the participant.
type invited struct {
	id         string
	state      string
	sent       bool
	accepted   bool             // at some time
	waitlisted bool             // at some time
	door       AttendanceRecord // the one that holds; without an outcome where there is none
	erased     bool
	attributes map[string]string // values by the attribute's id
}

func (i invited) tookPart() bool { return i.door.Outcome == TookPart }

func (i invited) came() bool { return i.door.Outcome.Came() }

func (i invited) walkedIn() bool { return !i.sent && i.came() }

// hadSeat is true of who accepted a seat at some time; a walk-in came without.
func (i invited) hadSeat() bool {
	return !i.walkedIn() && (i.accepted || i.state == "accepted" || i.door.Outcome != "")
}

// recruited counts the way from the invitations to the room.
func recruited(all []invited) (r ReportedRecruitment) {
	for _, i := range all {
		one := func(count *int, is bool) {
			if is {
				*count++
			}
		}
		one(&r.Invited, i.sent)
		one(&r.Accepted, i.hadSeat())
		one(&r.Came, i.came())
		one(&r.TookPart, i.tookPart())
		one(&r.WalkIns, i.walkedIn())
		one(&r.TurnedAway, i.door.Outcome == TurnedAway)
		one(&r.SentHome, i.door.Outcome == SentHome)
		one(&r.NoShow, i.door.Outcome == NoShow)
		one(&r.Unrecorded, i.state == "accepted" && (i.door.Outcome == "" || i.door.Outcome == Expected))
		one(&r.Cancelled, i.state == "cancelled" && i.accepted)
		one(&r.Withdrawn, i.sent && i.state == "withdrawn")
		if i.came() || i.hadSeat() || !i.sent {
			continue
		}
		one(&r.Declined, i.state == "declined")
		one(&r.ScreenedOut, i.state == "screened_out")
		one(&r.Waitlisted, i.waitlisted && i.state != "declined" && i.state != "withdrawn")
		one(&r.Unanswered, !i.waitlisted && (i.state == "sent" || i.state == "expired"))
	}
	return r
}

// listed are those who took part, in an order that says nothing of them (it is that of a hash) and stays the same, so
// that P3 is P3 in every copy of the report. Who was erased is counted and says nothing more.
func listed(all []invited, columns []quotaColumn) []ReportedParticipant {
	present := slices.DeleteFunc(slices.Clone(all), func(i invited) bool { return !i.tookPart() })
	slices.SortFunc(present, func(a, b invited) int {
		return cmp.Compare(database.HashOf([]byte(a.id)), database.HashOf([]byte(b.id)))
	})
	people := make([]ReportedParticipant, len(present))
	for n, i := range present {
		people[n] = ReportedParticipant{Name: fmt.Sprintf("P%d", n+1), Values: make([]string, len(columns))}
		for at, c := range columns {
			if !i.erased {
				people[n].Values[at] = c.valueOf(i.attributes)
			}
		}
	}
	return people
}

// methodOf says in words how the group was made.
func methodOf(s ReportedSession, r ReportedRecruitment) string {
	text := fmt.Sprintf("A moderated conversation of %s about “%s”, held once, led along a topic guide. ", counted(s.Minutes, "minute", "minutes"), s.Topic)
	text += fmt.Sprintf("Participants were chosen from the organisation's panel by the study's quotas and rules: %s invited, %d accepted, %d took part.",
		counted(r.Invited, "person was", "people were"), r.Accepted, r.TookPart)
	if r.WalkIns > 0 {
		text += fmt.Sprintf(" %s without an invitation.", counted(r.WalkIns, "person came", "people came"))
	}
	return text
}

// limitsOf says what the report does not tell.
func limitsOf(s ReportedSession, r ReportedRecruitment, quotas []ReportedQuota) []string {
	if r.TookPart == 0 {
		return []string{"Nobody took part: there is nothing that customers said."}
	}
	limits := []string{
		fmt.Sprintf("This is what a sample of %s said who agreed to come. It shows what matters to customers and why; it does not measure how many customers think so.", counted(r.TookPart, "person", "people")),
		"Counts are of the people in the room. They are not turned into per cent, and two groups are not compared by them.",
		"In a group people answer each other: what one says first, others may repeat.",
	}
	if away := r.Invited - (r.Came - r.WalkIns); away > 0 {
		limits = append(limits, fmt.Sprintf("Of %s %d did not come. They may see it differently.", counted(r.Invited, "person invited", "people invited"), away))
	}
	if r.TookPart < s.Minimum {
		limits = append(limits, fmt.Sprintf("Fewer took part than the %d that the session was to have at least.", s.Minimum))
	}
	if len(quotas) == 0 {
		limits = append(limits, "The study set no quotas: nothing tells who is missing.")
	}
	return limits
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// saidBy is how many said it, in words.
func saidBy(n, of int) string {
	if n > of {
		return "said by " + counted(n, "person", "people")
	}
	return fmt.Sprintf("said by %d of %d", n, of)
}

// whenInWords is a session's time as people read it: the venue's wall time and its zone.
func whenInWords(starts, ends, zone string) string {
	const day, clock = "Monday 2 January 2006", "15:04"
	from, err := time.Parse(walltime.Layout, starts)
	until, err2 := time.Parse(walltime.Layout, ends)
	if err != nil || err2 != nil {
		return strings.TrimSpace(starts + " – " + ends + " (" + zone + ")")
	}
	text := from.Format(day+", "+clock) + "–"
	if from.Format(time.DateOnly) != until.Format(time.DateOnly) {
		text += until.Format(day + ", ")
	}
	return text + until.Format(clock) + " (" + zone + ")"
}
