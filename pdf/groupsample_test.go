package pdf

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"fieldcare/scheduling"
)

func amount(minor int64) scheduling.ReportedAmount {
	sign, n := "", minor
	if n < 0 {
		sign, n = "−", -n
	}
	return scheduling.ReportedAmount{Amount: minor, Currency: "EUR", Shown: fmt.Sprintf("%s%d.%02d EUR", sign, n/100, n%100)}
}

func scheduler() scheduling.Organisation {
	o := organisation()
	return scheduling.Organisation{Name: o.Name, Accent: o.Accent, Language: o.Language, Logo: o.Logo}
}

// group is a report of a group of n people with so many findings.
func group(n, findings int) scheduling.FocusGroupReport {
	r := scheduling.FocusGroupReport{
		Organisation: scheduler(),
		Study:        scheduling.ReportedStudy{Title: "Mornings at the counter", Purpose: "Why do guests who come before nine leave the queue?\nWhat would make them wait, and what would make them come back in the afternoon?"},
		Session: scheduling.ReportedSession{ID: uuid.UUID{6: 0x40, 8: 0x80}, Topic: "Waiting in the morning", State: "closed", Starts: "2026-11-26T18:00", Ends: "2026-11-26T19:30", Zone: "Europe/Warsaw",
			When: "Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)", Minutes: 90, Language: "pl", Venue: "House on the Square", Room: "Blue room", Moderator: "Moe Novak", Seats: max(n, 8), Minimum: 6},
		Guide: []scheduling.ReportedStep{{Title: "Welcome, and what this is for", Kind: "talk", Minutes: 10}, {Title: "Write down your last morning here", Kind: "silent_writing", Minutes: 10},
			{Title: "One thing each that made you stay or leave", Kind: "round_robin", Minutes: 20}, {Title: "What would you change first?", Kind: "discussion", Minutes: 40}, {Title: "Thank you", Kind: "talk", Minutes: 10}},
		Recruitment: scheduling.ReportedRecruitment{Invited: 3*n + 6, Accepted: n + 3, Came: n + 1, TookPart: n, Declined: n, Unanswered: n, Waitlisted: 2, ScreenedOut: 1, Cancelled: 1, NoShow: 1, TurnedAway: 1, WalkIns: 1},
		Attributes:  []string{"Age group", "Comes by", "Visits a week"},
		Method:      "A moderated conversation of 90 minutes about “Waiting in the morning”, held once, led along a topic guide. Participants were chosen from the organisation's panel by the study's quotas and rules.",
		Quotas: []scheduling.ReportedQuota{{Attribute: "Age group", Value: "under 30", Target: 3, TookPart: min(n, 3), Hard: true}, {Attribute: "Age group", Value: "30 to 59", Target: 3, TookPart: 4}, {Attribute: "Age group", Value: "60 and older", Target: 2},
			{Attribute: "Comes by", Value: "bicycle", Target: 2, TookPart: 1}},
		NotHeard: []string{"Nobody of “Age group: 60 and older” took part; 2 were wanted.", "Of “Comes by: bicycle” 1 took part; 2 were wanted."},
		Limits: []string{fmt.Sprintf("This is what a sample of %d people said who agreed to come. It shows what matters to customers and why; it does not measure how many customers think so.", n),
			"Counts are of the people in the room. They are not turned into per cent, and two groups are not compared by them.", "In a group people answer each other: what one says first, others may repeat."},
		View: "77aa0c5be1d7",
	}
	for i := range n {
		r.Participants = append(r.Participants, scheduling.ReportedParticipant{Name: fmt.Sprint("P", i+1), Values: []string{[]string{"under 30", "30 to 59"}[i%2], []string{"foot", "bicycle", ""}[i%3], fmt.Sprint(i % 6)}})
	}
	texts := []string{"Waiting is accepted when somebody says how long it takes", "Two tills with one open feel like contempt", "Regulars want to order ahead without an app",
		"The smell of coffee keeps people in the queue"}
	quotes := []string{"If they had said five minutes, I would have stayed.", "I can see three people behind the counter and one of them is counting cups. I have a train. Nobody looks up. So I go.", "I do not want to install anything. I want to nod."}
	for i := range findings {
		theme := scheduling.ReportedTheme{Theme: texts[i%len(texts)], SaidBy: min(1+i*3%8, n), Of: n}
		theme.Sentence = fmt.Sprintf("said by %d of %d", theme.SaidBy, n)
		for j := range i % 3 {
			theme.Quotes = append(theme.Quotes, quotes[(i+j)%len(quotes)])
		}
		if i%4 == 0 {
			r.Findings = append(r.Findings, scheduling.ReportedTopic{Topic: []string{"The queue", "Ordering", "The room"}[i/4%3]})
		}
		last := &r.Findings[len(r.Findings)-1]
		last.Themes = append(last.Themes, theme)
	}
	if findings > 0 {
		r.Actions = []scheduling.ReportedAction{
			{Text: "Open the second till from seven to nine", Owner: "Max Mazur", Due: "2026-12-07", State: "done", Outcome: "Open since 7 December; the queue is four people at most.", Told: true},
			{Text: "Say the waiting time aloud when more than five people wait", Owner: "Mona Lis", Due: "2026-12-14", State: "under_way"},
			{Text: "Try a card for regulars that orders by a nod", Owner: "Carol Braun", Due: "2027-01-31", State: "open"},
			{Text: "Sell breakfast on the platform", Owner: "Carol Braun", Due: "2027-01-31", State: "dropped", Outcome: "The railway does not allow it."}}
	}
	planned, attended, usable := amount(8012), amount(9103), amount(10403)
	r.Costs = &scheduling.ReportedCosts{
		Lines:   []scheduling.ReportedCost{{Kind: "venue", Planned: amount(18000), Actual: amount(18000)}, {Kind: "catering", Planned: amount(6000), Actual: amount(7245)}, {Kind: "incentive", Planned: amount(40000), Actual: amount(36000)}},
		Planned: amount(64000), Actual: amount(61245), Budget: amount(250000), Spent: amount(121245), Left: amount(128755),
		Seats:    []scheduling.ReportedSeats{{Sort: "planned", Seats: 8, Cost: &planned}, {Sort: "attended", Seats: 7, Cost: &attended}, {Sort: "usable", Seats: 6, Cost: &usable}},
		Sentence: "The study's budget is 2500.00 EUR. Its groups have cost 1212.45 EUR so far, this one 612.45 EUR of that: 1287.55 EUR are left.",
	}
	return r
}

// crowdedGroup is a group with names as long and as foreign as they come, and long quotes.
func crowdedGroup(n, findings int) scheduling.FocusGroupReport {
	r := group(n, findings)
	r.Preview = true
	r.Organisation.Name, r.Organisation.Accent = strings.Repeat("Zjednoczone Kawiarnie Środkowej Europy ", 3), "#ffe600"
	r.Session.Topic = "Zażółć gęślą jaźń – " + strings.Repeat("Ελληνικά Кириллица ", 5) + "☕👍🏽"
	r.Session.Venue, r.Session.Room = strings.Repeat("ulica Świętego Krzyża 12345678901234567890 ", 4), strings.Repeat("Donaudampfschifffahrtsgesellschaft", 3)
	r.Session.Moderator = strings.Repeat("Ö", 120)
	r.Study.Purpose = strings.Repeat("Чего ждут гости? ", 100)
	for i := range 7 {
		r.Attributes = append(r.Attributes, strings.Repeat("Cecha ", 4+i))
		for j := range r.Participants {
			r.Participants[j].Values = append(r.Participants[j].Values, strings.Repeat("bardzo długa wartość ", i))
		}
	}
	for i := range r.Guide {
		r.Guide[i].Title = strings.Repeat("Τι θα αλλάζατε πρώτα; ", 12)
	}
	for i := range r.Quotas {
		r.Quotas[i].Value, r.Quotas[i].Target = strings.Repeat("60 lat i więcej ", 8), 17*i
	}
	r.NotHeard = append(r.NotHeard, strings.Repeat("Nobody of “"+r.Quotas[0].Value+"” took part. ", 4))
	for i := range r.Findings {
		r.Findings[i].Topic = strings.Repeat("Обслуживание ", 10)
		for j := range r.Findings[i].Themes {
			theme := &r.Findings[i].Themes[j]
			theme.Theme = strings.Repeat("Czekanie jest znośne, gdy ktoś powie, ile potrwa. ", 5)
			theme.Quotes = append(theme.Quotes, strings.Repeat("Długi cytat ☕ \xff Кофе был хороший. ", 60))
		}
	}
	for i := range r.Actions {
		r.Actions[i].Text, r.Actions[i].Owner, r.Actions[i].Outcome = strings.Repeat("Otworzyć drugą kasę ", 20), strings.Repeat("Ż", 120), strings.Repeat("Otwarta od siódmej. ", 30)
	}
	r.Costs.Left, r.Costs.Spent, r.Costs.Budget = amount(-99999999999999), amount(100000000249999), amount(250000)
	return r
}

// sheet is a day sheet for n people and half as many who wait.
func sheet(n int) scheduling.DaySheet {
	s := scheduling.DaySheet{Organisation: scheduler(), Study: "Mornings at the counter", Topic: "Waiting in the morning", When: "Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)", Starts: "2026-11-26T18:00",
		AsOf: "Thursday 26 November 2026, 14:05", Venue: "House on the Square", Address: "Rynek 1, 00-272 Warszawa", Room: "Blue room", Reference: "HS-2026-118",
		Directions: "Ring twice at the green door; the lift is on the left.\nFire: leave by the stairs to the yard, and count the people there. First aid is at the reception.", Moderators: []string{"Moe Novak", "Carol Braun"},
		Language: "pl", Seats: 8, Reserve: 4, Minimum: 6, Incentive: amount(5000), Contacts: true,
		Guide: []scheduling.DaySheetStep{{At: "18:00", Title: "Welcome, and what this is for", Minutes: 10}, {At: "18:10", Title: "Write down your last morning here", Kind: "silent_writing", Minutes: 10}, {At: "18:20", Title: "What would you change first?", Minutes: 70}}}
	names := []string{"Anna Nowak", "Παναγιώτης Παπαδόπουλος", "Ксения Александровна Воробьёва", "Zażółć Gęślą-Jaźń", "Jan Wójcik"}
	for i := range n + n/2 {
		p := scheduling.DaySheetPerson{Name: fmt.Sprintf("%s %d", names[i%len(names)], i), Phone: fmt.Sprintf("+48 600 100 %03d", i), Language: []string{"pl", "pl", "uk"}[i%3], Needs: i%5 == 1, Confirmed: i%2 == 0}
		if i < n {
			s.Expected = append(s.Expected, p)
			continue
		}
		p.Confirmed, p.Offered = false, i == n
		s.Waiting = append(s.Waiting, p)
	}
	return s
}

// crowdedSheet is a sheet with names of 120 characters.
func crowdedSheet(n int) scheduling.DaySheet {
	s := sheet(n)
	s.Topic, s.Study = strings.Repeat("Τι θα αλλάζατε πρώτα; ", 5), strings.Repeat("Обслуживание ", 9)
	s.Venue, s.Room, s.Address, s.Reference = strings.Repeat("Donaudampfschifffahrtsgesellschaft", 3), strings.Repeat("niebieski ", 12), strings.Repeat("ulica Świętego Krzyża ", 12), strings.Repeat("R", 200)
	s.Moderators = []string{strings.Repeat("Ö", 120), strings.Repeat("Ksenia ", 17)}
	s.Directions = strings.Repeat("Zadzwoń dwa razy przy zielonych drzwiach. ☕ \xff ", 60)
	for i := range s.Guide {
		s.Guide[i].Title = strings.Repeat("Τι θα αλλάζατε πρώτα; ", 12)
	}
	for i := range s.Expected {
		s.Expected[i].Name = []string{strings.Repeat("Ż", 120), strings.Repeat("Ксения Воробьёва ", 7)}[i%2]
		s.Expected[i].Phone = strings.Repeat("+48 600 ", 5)
	}
	for i := range s.Waiting {
		s.Waiting[i].Name = strings.Repeat("Wilhelmina ", 11)
	}
	return s
}
