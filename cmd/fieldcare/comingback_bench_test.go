package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/color"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
	"fieldcare/internal/photo/phototest"
)

const phonesComingBack = 1000

// comingBackFigures are what one run of the benchmark says. Only what is counted means something on another machine.
type comingBackFigures struct {
	Phones      int            `json:"phones"`
	PhotoKB     int            `json:"photo_kb"`
	Seconds     float64        `json:"seconds"`
	Requests    int            `json:"requests"`
	TurnedAway  map[string]int `json:"turned_away"` // by the answer's status, or "none" where there was none
	P50         float64        `json:"p50_seconds"`
	P99         float64        `json:"p99_seconds"`
	Evaluations int            `json:"evaluations"`
	MemoryMB    float64        `json:"memory_mb"`
}

// BenchmarkComingBack has a thousand phones meet the server again at the same moment, after an outage, each with an
// evaluation and two photos of its own, of the size that the web app makes. They wait and try again as the app does. The
// server runs in a process of its own; the phones share its cores. It fails where something does not arrive, or arrives
// twice; times neither pass nor fail.
func BenchmarkComingBack(b *testing.B) {
	for range b.N {
		store := newStore(b)
		store.signIn()
		phones := make([]*waitingPhone, 0, phonesComingBack)
		picture := aPhoto()
		for i, p := range store.plan(phonesComingBack) {
			phones = append(phones, newWaitingPhone(p, store.shoppers[p.shopper].token, picture, i))
		}
		binary := build(b)
		require.NoError(b, store.db.Close())
		server := serve(b, binary, &store.config)
		transport := &http.Transport{MaxConnsPerHost: phonesComingBack, MaxIdleConnsPerHost: phonesComingBack}
		client := &http.Client{Transport: transport}

		begun := time.Now()
		var all sync.WaitGroup
		for _, phone := range phones {
			all.Go(func() { phone.comeBack(client, server.url) })
		}
		all.Wait()
		f := comingBackFigures{Phones: len(phones), PhotoKB: len(picture) / 1000, Seconds: time.Since(begun).Seconds(), TurnedAway: map[string]int{}}
		var took []float64
		for _, phone := range phones {
			took = append(took, phone.took...)
			for _, status := range phone.turnedAway {
				f.TurnedAway[status]++
			}
		}
		slices.Sort(took)
		f.Requests, f.P50, f.P99 = len(took), took[len(took)/2], took[len(took)*99/100]
		f.MemoryMB = server.mostMemory()
		server.stop()
		var err error
		store.installation, err = store.config.open(b.Context(), time.Now)
		require.NoError(b, err)
		require.NoError(b, store.db.Read().NewRaw("SELECT count(*) FROM evaluations").Scan(b.Context(), &f.Evaluations))
		f.print(os.Stdout)
		require.Equal(b, len(phones), f.Evaluations, "every evaluation arrives, once")
	}
}

// waitingPhone has work that it could not send, and the patience of the web app.
type waitingPhone struct {
	*planned
	token    string
	photos   [2][]byte
	failures int

	took       []float64 // of each request, in seconds
	turnedAway []string
}

// newWaitingPhone gives each phone photos that no other has: what a JPEG file says in a comment changes its hash alone.
func newWaitingPhone(p *planned, token string, picture []byte, number int) *waitingPhone {
	one := &waitingPhone{planned: p, token: token}
	for i := range one.photos {
		one.photos[i] = phototest.WithSegment(picture, 0xfe, strconv.Itoa(2*number+i))
		hash := database.HashOf(one.photos[i])
		p.body = bytes.ReplaceAll(p.body, []byte(p.photos[i]), []byte(hash))
		p.photos[i] = hash
	}
	return one
}

// comeBack sends the photos one by one, then the evaluation, and begins with a pause, as after every attempt that failed.
func (p *waitingPhone) comeBack(client *http.Client, url string) {
	p.pause(0)
	for i, photo := range p.photos {
		p.send(client, http.MethodPut, url+"/photos/"+p.planned.photos[i], "image/jpeg", photo)
	}
	p.send(client, http.MethodPost, url+"/evaluations", "application/json", p.body)
}

// send sends until it is taken.
func (p *waitingPhone) send(client *http.Client, method, url, kind string, body []byte) {
	for {
		status, after := p.attempt(client, method, url, kind, body)
		if status == http.StatusCreated || status == http.StatusOK || status == http.StatusNoContent {
			p.failures = 0
			return
		}
		said := "none"
		if status > 0 {
			said = strconv.Itoa(status)
		}
		p.turnedAway = append(p.turnedAway, said)
		p.failures++
		p.pause(after)
	}
}

func (p *waitingPhone) attempt(client *http.Client, method, url, kind string, body []byte) (status int, after time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(len(body)/4)*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, 0
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", "Bearer "+p.token)
	begun := time.Now()
	defer func() { p.took = append(p.took, time.Since(begun).Seconds()) }()
	answer, err := client.Do(request)
	if err != nil {
		return 0, 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	return answer.StatusCode, time.Duration(seconds) * time.Second
}

// pause is the one of the web app (offline/outbox.ts).
func (p *waitingPhone) pause(asked time.Duration) {
	usual := min(5*time.Minute, 5*time.Second<<min(p.failures, 10))
	time.Sleep(asked + time.Duration(float64(usual)*(0.25+1.5*rand.Float64())))
}

// aPhoto has the pixels of one that the web app makes, and about as many bytes.
func aPhoto() []byte {
	return phototest.JPEG(phototest.Painted(2048, 1536, func(x, y int) color.NRGBA {
		grain := uint8(rand.IntN(5))
		return color.NRGBA{uint8(x/9) + grain, uint8(y/7) + grain, uint8((x+y)/16) + grain, 255}
	}))
}

func (f *comingBackFigures) print(to io.Writer) {
	fmt.Fprintf(to, "\n%d phones came back at once, each with an evaluation and two photos of %d kB (%d CPUs, %s):\n", f.Phones, f.PhotoKB, runtime.NumCPU(), runtime.Version())
	fmt.Fprintf(to, "%d evaluations were in after %.0f s; %d requests, of which turned away: %v; half were answered within %.2f s, 99 of 100 within %.2f s; at most %.0f MB of memory\n\n",
		f.Evaluations, f.Seconds, f.Requests, f.TurnedAway, f.P50, f.P99, f.MemoryMB)
	json.NewEncoder(to).Encode(f)
}
