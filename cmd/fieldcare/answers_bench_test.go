package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"fieldcare/scheduling"
)

const (
	answersAtOnce = 1000
	answerGroups  = answersAtOnce / (hallSeats + hallReserve) // among which they are spread: everybody there has a seat
	answerRounds  = 3
)

// answerFigures are medians of the rounds: answers a second, and how long one answer took, in milliseconds, in the middle
// and for the slowest hundredth. Only the ratio, of one group's rate to that of many, means something on another machine.
type answerFigures struct {
	Database string  `json:"database"`
	Answers  int     `json:"answers"`
	One      crowded `json:"one_group"`
	Many     crowded `json:"many_groups"`
	Ratio    float64 `json:"ratio"`
}

type crowded struct {
	Groups int     `json:"groups"`
	Rate   float64 `json:"rate"`
	P50    float64 `json:"p50"`
	P99    float64 `json:"p99"`

	rates, p50s, p99s []float64
}

// BenchmarkAnswers has everybody who was invited say yes at once, each by the form of the own link and on a connection of
// their own: to one group of 8 seats and 2 in reserve, and, beside it, to so many such groups that all have a seat. Client
// and server share one process and its cores. Times neither pass nor fail; it fails where an answer is not taken, or where
// others than those for whom there are seats have one.
func BenchmarkAnswers(b *testing.B) {
	for range b.N {
		onEachDatabase(b, func(b *testing.B, name, address string) {
			h := newHall(b, address, "", answersAtOnce)
			f := answerFigures{Database: name, Answers: answersAtOnce, One: crowded{Groups: 1}, Many: crowded{Groups: answerGroups}}
			for round := range answerRounds {
				sides := []*crowded{&f.One, &f.Many}
				if round%2 == 1 {
					slices.Reverse(sides)
				}
				for _, side := range sides {
					side.answer(h)
				}
			}
			f.One.settle()
			f.Many.settle()
			f.Ratio = f.One.Rate / f.Many.Rate
			f.print(os.Stdout)
		})
	}
}

// answer invites everybody to new groups, has them say yes at once, and looks at who has a seat.
func (c *crowded) answer(h *hall) {
	h.Helper()
	var groups []uuid.UUID
	var tokens []string
	for people := range slices.Chunk(h.people, len(h.people)/c.Groups) {
		group := h.schedule()
		h.draft(group, people)
		h.send(group, len(people))
		groups = append(groups, group)
		for _, id := range people {
			tokens = append(tokens, h.server.Invitations.Links.Make(scheduling.AnswerLink, uuid.NewSHA1(group, id[:]), 0))
		}
	}
	runtime.GC()
	c.atOnce(h, tokens)
	want := map[scheduling.InvitationState]int{scheduling.Accepted: hallSeats + hallReserve}
	if waiting := len(h.people)/c.Groups - hallSeats - hallReserve; waiting > 0 {
		want[scheduling.Waitlisted] = waiting
	}
	for _, group := range groups {
		require.Equal(h, want, h.states(group))
	}
}

// atOnce answers by all links at once, and keeps how long it took.
func (c *crowded) atOnce(h *hall, tokens []string) {
	h.Helper()
	client := &fasthttp.Client{MaxConnsPerHost: len(tokens)}
	defer client.CloseIdleConnections()
	took, errs := make([]float64, len(tokens)), make([]error, len(tokens))
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i, token := range tokens {
		all.Go(func() {
			<-begin
			begun := time.Now()
			errs[i] = sayYes(client, h.origin+"/rsvp/"+token)
			took[i] = time.Since(begun).Seconds() * 1000
		})
	}
	begun := time.Now()
	close(begin)
	all.Wait()
	c.rates = append(c.rates, float64(len(tokens))/time.Since(begun).Seconds())
	for _, err := range errs {
		require.NoError(h, err)
	}
	slices.Sort(took)
	c.p50s, c.p99s = append(c.p50s, took[len(took)/2]), append(c.p99s, took[len(took)*99/100])
}

// sayYes sends the form of an invitation's page.
func sayYes(client *fasthttp.Client, link string) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(link)
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/x-www-form-urlencoded")
	request.SetBodyString("answer=accept&consent=attend")
	if err := client.Do(request, response); err != nil {
		return err
	}
	if response.StatusCode() != fasthttp.StatusSeeOther {
		return fmt.Errorf("%d: %s", response.StatusCode(), strings.TrimSpace(string(response.Body())))
	}
	return nil
}

func (c *crowded) settle() { c.Rate, c.P50, c.P99 = median(c.rates), median(c.p50s), median(c.p99s) }

func (f *answerFigures) print(to io.Writer) {
	fmt.Fprintf(to, "\n%d answers at once over HTTP on %s, medians of %d interleaved rounds (%d CPUs, %s)\n\n", f.Answers, f.Database, answerRounds, runtime.NumCPU(), runtime.Version())
	table := tabwriter.NewWriter(to, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "groups\tanswers/s\tp50 ms\tp99 ms\t")
	for _, c := range []crowded{f.One, f.Many} {
		fmt.Fprintf(table, "%d\t%.0f\t%.0f\t%.0f\t\n", c.Groups, c.Rate, c.P50, c.P99)
	}
	table.Flush()
	fmt.Fprintf(to, "\none group beside many: ratio %.2f; %d accepted in the one group, %d wait, in each round\n\n", f.Ratio, hallSeats+hallReserve, f.Answers-hallSeats-hallReserve)
	json.NewEncoder(to).Encode(f)
}
