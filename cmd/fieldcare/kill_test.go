package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

// The server is killed (SIGKILL) at random moments under load and started again on the same data. Nothing that it
// acknowledged may be lost, and nothing may be there by half.
func TestKilledAtAnyMomentItKeepsWhatItAcknowledgedAndNothingByHalf(t *testing.T) {
	const kills, shoppers, visitsEach = 20, 12, 32
	binary := build(t)
	config := &Config{Data: t.TempDir(), Database: databasetest.Address(t), PublicURL: "http://localhost:8080", MailFrom: "fieldcare@example.org"}
	addPeople(t, config, shoppers)
	server := serve(t, binary, config)
	field := planField(t, server, shoppers, visitsEach)

	random := rand.New(rand.NewPCG(20, 9))
	for kill := range kills {
		field.workUntilKilled(server, int64(1+random.IntN(100)))
		server.died()
		settled(t, config)
		server = serve(t, binary, config)
		field.server = server
		field.checkData(config)
		field.checkOverHTTP()
		require.False(t, t.Failed(), "after kill %d", kill+1)
	}
	server.stop()
	field.checkData(config)
	submitted := 0
	for _, p := range field.phones {
		for _, e := range p.errands {
			if e.done == requests {
				submitted++
			}
		}
	}
	require.Greater(t, submitted, 100, "too little was sent to show anything")
}

func addPeople(t *testing.T, config *Config, shoppers int) {
	t.Helper()
	ctx := context.Background()
	i, err := config.open(ctx, time.Now)
	require.NoError(t, err)
	add := func(email string, role account.Roles) {
		_, err := i.server.Accounts.AddWithPassword(ctx, account.UserChange{Email: &email, Name: &email, Roles: &role}, password)
		require.NoError(t, err)
	}
	add("carol@example.org", account.Coordinator)
	for n := range shoppers {
		add(fmt.Sprintf("shopper%d@example.org", n), account.Shopper)
	}
	require.NoError(t, i.db.Close())
}

// field is everybody who talks to the server.
type field struct {
	*testing.T
	server *process
	carol  person
	phones []*phone
}

// phone is a shopper's. It keeps what it has to send until the server has acknowledged it.
type phone struct {
	person
	errands []*errand
}

// errand is one visit and what its shopper sends for it: four requests, one after the other.
type errand struct {
	visit, evaluation uuid.UUID
	photos            [2][]byte
	submission        []byte
	hash              string // of the submission
	done              int    // requests that were acknowledged: the acceptance, two photos, the evaluation
	tried             int    // requests that were sent
	looked            bool   // it was read over HTTP after it was acknowledged
}

const requests = 4

// planField publishes a checklist and plans the visits of all shoppers, over HTTP.
func planField(t *testing.T, server *process, shoppers, visitsEach int) *field {
	t.Helper()
	f := &field{T: t, server: server}
	f.carol = f.server.signIn("carol@example.org")
	branch, checklist := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	f.server.must(201, f.carol, "POST", "/branches", object{"id": branch, "code": "WAW-01", "name": "Warsaw", "address": "Rynek 1", "zone": "UTC", "region": "", "brand": ""}, nil)
	f.server.must(201, f.carol, "POST", "/checklists", object{"id": checklist, "document": object{
		"title": "Branch visit", "languages": []string{"en"}, "scoring": object{"method": "points", "critical": "stands", "bands": []object{{"from": 0, "name": "All"}}},
		"sections": []object{{"id": "shop", "title": "The shop", "questions": []object{
			{"id": "greeted", "type": "choice", "text": "Were you greeted?", "required": true, "options": []object{{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0}}},
			{"id": "words", "type": "text", "text": "Describe your visit"},
			{"id": "shelf", "type": "photo", "text": "The shelf", "min_photos": 2, "max_photos": 2, "required": true},
		}}},
	}}, nil)
	f.server.must(200, f.carol, "POST", "/checklists/"+checklist.String()+"/publish", nil, nil, "If-Match", `"1"`)

	ids := make([]uuid.UUID, shoppers)
	for n := range ids {
		p := &phone{person: f.server.signIn(fmt.Sprintf("shopper%d@example.org", n))}
		f.phones, ids[n] = append(f.phones, p), p.id
	}
	opens := time.Now().UTC().Add(-time.Hour)
	windows := make([]object, visitsEach)
	for i := range windows {
		windows[i] = object{"opens": opens.Format("2006-01-02T15:04"), "closes": opens.AddDate(0, 0, 7).Format("2006-01-02T15:04")}
	}
	var planned struct{ Items []evaluation.Visit }
	f.server.must(201, f.carol, "POST", "/visits/many", object{"id": uuid.Must(uuid.NewV7()), "confirm_rotation": true, "round": object{
		"branch_ids": []uuid.UUID{branch}, "windows": windows, "shopper_ids": ids, "checklist_id": checklist,
	}}, &planned)
	random := rand.New(rand.NewPCG(1, 1))
	for _, v := range planned.Items {
		for _, p := range f.phones {
			if p.id == *v.ShopperID {
				p.errands = append(p.errands, newErrand(t, random, v.ID))
			}
		}
	}
	require.Len(t, f.phones[shoppers-1].errands, visitsEach)
	return f
}

func newErrand(t *testing.T, random *rand.Rand, visit uuid.UUID) *errand {
	e := &errand{visit: visit, evaluation: uuid.New()}
	for i := range e.photos {
		m := image.NewGray(image.Rect(0, 0, 24, 16))
		for at := range m.Pix {
			m.Pix[at] = uint8(random.Uint32())
		}
		var picture bytes.Buffer
		require.NoError(t, jpeg.Encode(&picture, m, nil))
		e.photos[i] = picture.Bytes()
	}
	begun := time.Now().UTC()
	var err error
	e.submission, err = json.Marshal(object{"id": e.evaluation, "visit_id": visit, "begun": begun, "finished": begun.Add(10 * time.Minute),
		"answers": object{"greeted": "yes", "words": "Quick.", "shelf": object{"photos": []string{database.HashOf(e.photos[0]), database.HashOf(e.photos[1])}}}})
	require.NoError(t, err)
	e.hash, err = database.ContentHash(e.submission)
	require.NoError(t, err)
	return e
}

// workUntilKilled has all phones send at once what they have to send; the server is killed after so many
// acknowledgements, in the middle of what the others have sent.
func (f *field) workUntilKilled(server *process, after int64) {
	f.Helper()
	var all sync.WaitGroup
	var acknowledged atomic.Int64
	wrong := make(chan error, len(f.phones))
	for _, p := range f.phones {
		all.Go(func() {
			for _, e := range p.errands {
				for e.done < requests {
					e.tried = e.done + 1
					if err := f.send(p, e); err != nil {
						if acknowledged.Load() < after || !errors.Is(err, errNoAnswer) {
							wrong <- err
						}
						return
					}
					e.done++
					if acknowledged.Add(1) == after {
						server.Process.Signal(syscall.SIGKILL)
					}
				}
			}
		})
	}
	all.Wait()
	close(wrong)
	for err := range wrong {
		require.NoError(f, err)
	}
	require.GreaterOrEqual(f, acknowledged.Load(), after, "there were not enough visits to kill it under load")
}

// send makes the next request of an errand. It is nil when the server acknowledged it.
func (f *field) send(p *phone, e *errand) error {
	switch e.done {
	case 0:
		return f.server.send(p.person, "POST", "/visits/"+e.visit.String()+"/accept", nil, nil, []int{200})
	case 1, 2:
		photo := e.photos[e.done-1]
		return f.server.send(p.person, "PUT", "/photos/"+database.HashOf(photo), photo, nil, []int{200})
	}
	var receipt evaluation.Receipt
	err := f.server.send(p.person, "POST", "/evaluations", e.submission, &receipt, []int{200, 201})
	if err == nil && (receipt.ID != e.evaluation || receipt.ContentHash != e.hash) {
		err = fmt.Errorf("the receipt is another's: %+v", receipt)
	}
	return err
}

// checkOverHTTP looks at everything that the last load may have left undone.
func (f *field) checkOverHTTP() {
	f.Helper()
	for _, p := range f.phones {
		for _, e := range p.errands {
			if e.tried == requests && e.done < requests {
				// It was not acknowledged: it is there or not, and sending it again makes it there.
				require.NoError(f, f.send(p, e))
				e.done = requests
			}
			if e.tried > 0 && e.done < requests {
				var v evaluation.Visit
				f.server.must(200, p.person, "GET", "/visits/"+e.visit.String(), nil, &v)
				if e.done == 0 && v.State == evaluation.Accepted {
					e.done = 1
				} else if e.done > 0 {
					require.Equal(f, evaluation.Accepted, v.State)
				}
			}
			if e.done == requests && !e.looked {
				f.look(p, e)
				e.looked = true
			}
		}
	}
}

// look reads an evaluation that was acknowledged, and its photos, and sends it again.
func (f *field) look(p *phone, e *errand) {
	f.Helper()
	var own evaluation.OwnEvaluation
	path := "/evaluations/" + e.evaluation.String()
	f.server.must(200, p.person, "GET", path, nil, &own)
	require.Equal(f, e.hash, own.ContentHash)
	require.Len(f, own.Photos, len(e.photos))
	for i, photo := range own.Photos {
		require.Equal(f, database.HashOf(e.photos[i]), photo.SHA256)
		var picture []byte
		f.server.must(200, f.carol, "GET", fmt.Sprintf("%s/photos/%d", path, photo.Number), nil, &picture)
		_, err := jpeg.Decode(bytes.NewReader(picture))
		require.NoError(f, err)
	}
	f.server.must(200, p.person, "POST", "/evaluations", e.submission, nil)
}
