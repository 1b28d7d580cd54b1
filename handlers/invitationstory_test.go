package handlers_test

import (
	"github.com/google/uuid"
)

// inviting asks three people to a group with one seat: one comes, one waits and is offered the seat.
func (s *story) inviting() {
	g := s.gathering(1, 0, 3)
	other := g.session(g.begins.AddDate(0, 0, 1), 8, 4)
	s.tells(s.carol, "", "POST", g.path("/invitations"), body{"participants": g.people})
	s.tells(s.carol, "", "POST", g.path("/invitations/send"), body{"who": "drafts", "answer_by": "2026-12-01T12:00:00Z"})
	anna, bartek, cela := g.invitation(0), g.invitation(1), g.invitation(2)
	s.tells(s.carol, "", "POST", anna+"/send", body{"new_link": true})
	s.tells(s.carol, "", "POST", anna+"/calls", body{"id": uuid.New(), "outcome": "reached", "note": "Comes, by tram"})
	s.tells(s.carol, "", "GET", anna+"/calls", nil)
	s.tells(s.carol, "", "POST", anna+"/answer", body{"answer": "accept", "consents": []string{"attend", "quotes"}, "reason": "On the phone"})
	s.carol.post(bartek+"/answer", body{"answer": "accept", "consents": []string{"attend"}}).is(200)
	s.tells(s.carol, "", "POST", anna+"/withdraw", body{"reason": "Works for a competitor, as it turned out"})
	s.tells(s.carol, "", "POST", cela+"/override", body{"reason": "The last session was on another product"})
	s.tells(s.carol, "", "POST", cela+"/move", body{"focus_group_id": other, "reason": "Tuesday suits better"})
	s.tells(s.carol, "", "GET", g.path("/waiting-list"), nil)
	s.tells(s.carol, "", "GET", g.path("/invitations"), nil)
	s.tells(s.carol, "", "GET", bartek, nil)
	s.tells(s.carol, "", "GET", bartek+"/moves", nil)
	s.tells(s.carol, "", "GET", "/focus-groups/"+other.String()+"/forecast", nil)
}

// invitation is the address of the invitation of one of the people.
func (g *gathering) invitation(person int) string {
	return "/invitations/" + uuid.NewSHA1(g.id, g.people[person][:]).String()
}
