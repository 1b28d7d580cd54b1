package handlers_test

import (
	"github.com/google/uuid"
)

func (s *story) fillingThePanel() {
	visits := s.tells(s.carol, "", "POST", "/attributes", body{"id": uuid.New(), "type": "number", "name": "Visits a month"})
	s.tells(s.carol, "", "PATCH", "/attributes/"+visits.object()["id"].(string), body{"name": "Visits in a month"}, "If-Match", `"1"`)
	drink := uuid.New()
	s.carol.post("/attributes", body{"id": drink, "type": "choice", "name": "Drink", "options": []string{"coffee", "tea", "neither"}}).is(201)
	s.tells(s.carol, "", "GET", "/attributes", nil)

	petra := s.tells(s.carol, "", "POST", "/participants", body{"id": uuid.New(), "name": "Petra Nowak", "email": "petra@example.org", "phone": "+48 600 100 200", "language": "pl",
		"zone": "Europe/Warsaw", "household": "Piękna 3", "tags": []string{"early bird"}, "attributes": body{drink.String(): "tea"}, "notes": "Comes by tram."})
	path := "/participants/" + petra.object()["id"].(string)
	s.tells(s.carol, "", "PATCH", path, body{"phone": "+48 600 100 201", "tags": []string{"early bird", "parent"}}, "If-Match", petra.header.Get("ETag"))
	given := s.tells(s.carol, "", "POST", path+"/consents", body{"id": uuid.New(), "scope": "needs", "wording": "Keep what I need to take part, until I say otherwise.", "version": "2026-03",
		"language": "en", "given_at": "2026-11-23T10:00:00Z"}).object()
	s.tells(s.carol, "", "PUT", path+"/needs", body{"access": "Step-free, please", "diet": "No nuts"})
	s.tells(s.carol, "", "GET", path+"/needs", nil)
	s.tells(s.carol, "", "GET", path, nil)
	s.tells(s.carol, "", "GET", "/participants?search=petra", nil)
	s.tells(s.carol, "", "DELETE", path+"/needs", nil)
	s.tells(s.carol, "", "POST", path+"/consents/"+given["id"].(string)+"/withdraw", nil)
	s.movingThePanel(path)
}

func (s *story) movingThePanel(path string) {
	file := "name,email,phone,language,zone,tags,Drink\nOlek Zając,olek@example.org,+48 600 300 400,pl,Europe/Warsaw,parent; early bird,coffee\nIga Mróz,iga@example.org,,pl,Europe/Warsaw,,tea\n"
	s.tells(s.carol, "", "POST", "/participants/import/preview", []byte(file))
	s.tells(s.carol, "", "POST", "/participants/import?id="+uuid.NewString(), []byte(file))
	s.tells(s.carol, "", "GET", "/participants/export.csv?search=zajac", nil)
	s.tells(s.carol, "", "GET", "/participants/export.xlsx", nil)
	s.tells(s.carol, "", "GET", path+"/data", nil)
	s.tells(s.carol, "", "POST", path+"/erase", body{"reason": "Asked to be forgotten, by letter"})
}
