package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

// The sizes of the measurement: how many submissions each of the clients' counts is measured with.
var benchClients = []struct{ clients, submissions int }{{1, 300}, {8, 1500}, {64, 3000}, {500, 4000}}

const (
	benchRounds = 5
	benchStored = 200_000
	benchUsual  = 64 // clients with which a full store is compared with an empty one
	benchMany   = 500
)

// figures are what one run of the benchmark says. Rates are submissions a second, the medians of the rounds; only the
// ratios mean something on another machine.
type figures struct {
	Clients []ratio `json:"clients"`
	Stored  struct {
		Evaluations int     `json:"evaluations"`
		Clients     int     `json:"clients"`
		Full        float64 `json:"full"`
		Empty       float64 `json:"empty"`
		Ratio       float64 `json:"ratio"`
	} `json:"stored"`
	OwnProcess struct {
		Clients  int     `json:"clients"`
		HTTP     float64 `json:"http"`
		MemoryMB float64 `json:"memory_mb"`
	} `json:"own_process"`
	Failures int `json:"failures"`
}

type ratio struct {
	Clients int     `json:"clients"`
	HTTP    float64 `json:"http"`
	Limit   float64 `json:"limit"`
	Ratio   float64 `json:"ratio"`
}

// BenchmarkSubmissions hands in evaluations of 60 questions with two photos, over HTTP on the loopback with a token, to
// SQLite with synchronous=FULL, from 1, 8, 64 and 500 clients. Beside it stands the limit: the same rows through the
// same writer from as many goroutines, without HTTP, checks or score. Client and server share one process and its cores.
//
// It measures an empty store and one that holds 200,000 evaluations, and the most memory that a server in a process of
// its own, on the full store, takes with 500 clients. No figure passes or fails: it prints a table, and JSON as its last line.
func BenchmarkSubmissions(b *testing.B) {
	for range b.N {
		var f figures
		binary := build(b)
		empty, full := newStore(b), newStore(b)
		full.fill(benchStored)
		serveHere(b, empty)
		serveHere(b, full)

		http, limit := map[int][]float64{}, map[int][]float64{}
		var onFull []float64
		for range benchRounds {
			empty.signIn()
			full.signIn()
			for _, size := range benchClients {
				sides := []*side{{do: empty.submit, work: empty.plan(size.submissions)}, {do: empty.write, work: empty.plan(size.submissions)}}
				if size.clients == benchUsual {
					sides = append(sides, &side{do: full.submit, work: full.plan(size.submissions)})
				}
				f.race(size.clients, sides)
				http[size.clients] = append(http[size.clients], sides[0].rate())
				limit[size.clients] = append(limit[size.clients], sides[1].rate())
				if size.clients == benchUsual {
					onFull = append(onFull, sides[2].rate())
				}
			}
		}
		for _, size := range benchClients {
			h, l := median(http[size.clients]), median(limit[size.clients])
			f.Clients = append(f.Clients, ratio{size.clients, h, l, h / l})
		}
		f.Stored.Evaluations, f.Stored.Clients = benchStored, benchUsual
		f.Stored.Full, f.Stored.Empty = median(onFull), median(http[benchUsual])
		f.Stored.Ratio = f.Stored.Full / f.Stored.Empty
		f.ownProcess(b, binary, full)
		f.print(os.Stdout)
	}
}

// side is one of the things that are measured beside each other.
type side struct {
	do   func(*planned) error
	work []*planned
	took time.Duration
}

// rate is how much of the work was done a second.
func (s *side) rate() float64 { return float64(len(s.work)) / s.took.Seconds() }

// race has so many clients do the work of each side, a slice of it in turn: what else the machine does meanwhile meets
// all of them alike.
func (f *figures) race(clients int, sides []*side) {
	runtime.GC()
	slice := max(100, 8*clients)
	for from := 0; from < len(sides[0].work); from += slice {
		for i := range sides {
			s := sides[(i+from/slice)%len(sides)]
			s.took += f.work(clients, s.work[from:min(from+slice, len(s.work))], s.do)
		}
	}
}

// work has so many clients do the work, and says how long they took.
func (f *figures) work(clients int, work []*planned, do func(*planned) error) time.Duration {
	var all sync.WaitGroup
	var next, failures atomic.Int64
	begun := time.Now()
	for range clients {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(work)); i = next.Add(1) - 1 {
				if err := do(work[i]); err != nil && failures.Add(1) == 1 {
					fmt.Fprintln(os.Stderr, "a submission failed:", err)
				}
			}
		})
	}
	all.Wait()
	f.Failures += int(failures.Load())
	return time.Since(begun)
}

// ownProcess measures the store's server as users run it: in a process of its own, its jobs running too.
func (f *figures) ownProcess(b *testing.B, binary string, s *store) {
	s.signIn()
	own := &side{do: s.submit, work: s.plan(12_000)}
	require.NoError(b, s.db.Close())
	server := serve(b, binary, &s.config)
	s.reach(server.url)
	f.OwnProcess.Clients = benchMany
	f.race(benchMany, []*side{own})
	f.OwnProcess.HTTP = own.rate()
	f.OwnProcess.MemoryMB = server.mostMemory()
	server.stop()
}

// mostMemory is what the process took at most so far, in megabytes.
func (p *process) mostMemory() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	require.NoError(p, err)
	most := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(p, most, "%s", status)
	kilobytes, err := strconv.ParseFloat(string(most[1]), 64)
	require.NoError(p, err)
	return kilobytes / 1024
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func (f *figures) print(to io.Writer) {
	fmt.Fprintf(to, "\nSubmissions a second, medians of %d interleaved rounds (%d CPUs, %s)\n\n", benchRounds, runtime.NumCPU(), runtime.Version())
	table := tabwriter.NewWriter(to, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "clients\tover HTTP\tthe limit\tratio\t")
	for _, r := range f.Clients {
		fmt.Fprintf(table, "%d\t%.0f\t%.0f\t%.2f\t\n", r.Clients, r.HTTP, r.Limit, r.Ratio)
	}
	table.Flush()
	fmt.Fprintf(to, "\nwith %d evaluations stored, %d clients: %.0f over HTTP beside %.0f on an empty store, ratio %.2f\n",
		f.Stored.Evaluations, f.Stored.Clients, f.Stored.Full, f.Stored.Empty, f.Stored.Ratio)
	fmt.Fprintf(to, "in a process of its own, on that store, %d clients: %.0f over HTTP, at most %.0f MB of memory\n",
		f.OwnProcess.Clients, f.OwnProcess.HTTP, f.OwnProcess.MemoryMB)
	fmt.Fprintf(to, "failures: %d\n\n", f.Failures)
	json.NewEncoder(to).Encode(f)
}

// serveHere serves the store in this process until the benchmark ends.
func serveHere(b *testing.B, s *store) { s.reach(listen(b, s.installation) + "/api/v1") }

// listen serves the installation in this process until the benchmark ends, and says at which address.
func listen(b *testing.B, i *installation) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	app := i.server.App()
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	b.Cleanup(func() {
		require.NoError(b, app.Shutdown())
		require.NoError(b, <-served)
	})
	return "http://" + listener.Addr().String()
}

// reach has the store's clients speak to this server.
func (s *store) reach(url string) {
	s.url = url
	s.client = &fasthttp.Client{MaxConnsPerHost: 2 * benchMany}
}

// submit hands an evaluation in over HTTP.
func (s *store) submit(p *planned) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(s.url + "/evaluations")
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer "+s.shoppers[p.shopper].token)
	request.SetBodyRaw(p.body)
	if err := s.client.Do(request, response); err != nil {
		return err
	}
	if response.StatusCode() != fasthttp.StatusCreated {
		return fmt.Errorf("%d: %s", response.StatusCode(), response.Body())
	}
	return nil
}

// signIn gives every shopper a new token.
func (s *store) signIn() {
	for i, email := range s.emails {
		session, err := s.server.Accounts.SignIn(context.Background(), email, password, "127.0.0.1")
		require.NoError(s, err)
		s.shoppers[i] = person{session.User.ID, session.Access}
	}
}
