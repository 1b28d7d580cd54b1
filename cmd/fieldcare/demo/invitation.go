package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// asked is a participant who is asked to a focus group.
type asked struct {
	*group
	who *participant
}

// ask makes those chosen the group's to ask.
func (g *group) ask(chosen []*participant) (all []*asked) {
	for _, p := range chosen {
		all = append(all, &asked{g, p})
	}
	return all
}

// invitation is the id that the invitation has: it follows from the group and the participant.
func (a *asked) invitation() uuid.UUID { return uuid.NewSHA1(a.id, a.who.id[:]) }

func (a *asked) token() string {
	return a.server.Invitations.Links.Make(scheduling.AnswerLink, a.invitation(), 0)
}

// invite drafts invitations; whoever is left out makes the demo fail.
func (g *group) invite(at time.Time, override string, lists ...[]*asked) {
	g.at(at, func(ctx context.Context) error {
		var ids []uuid.UUID
		for _, a := range slices.Concat(lists...) {
			ids = append(ids, a.who.id)
		}
		drafts, err := g.server.Invitations.Invite(ctx, g.coordinates(), g.id, scheduling.Invitees{Participants: ids, Override: override})
		if err == nil && len(drafts.Refused) > 0 {
			err = fmt.Errorf("%s %s", drafts.Refused[0].Name, drafts.Refused[0].Reason)
		}
		return g.named(err)
	})
}

// send sends all drafts, or once more what nobody answered.
func (g *group) send(at time.Time, who string, answerBy time.Time) {
	g.at(at, func(ctx context.Context) error {
		mailing := scheduling.Mailing{Who: who}
		if !answerBy.IsZero() {
			mailing.AnswerBy = &answerBy
		}
		_, err := g.server.Invitations.SendMany(ctx, g.coordinates(), g.id, mailing)
		return g.named(err)
	})
}

// answers has the participant answer by the link in the mail.
func (a *asked) answers(at time.Time, answer scheduling.Answer) {
	a.at(at, func(ctx context.Context) error {
		return a.says(answer, a.server.Invitations.AnswerByLink(ctx, a.token(), answer))
	})
}

func (a *asked) says(answer scheduling.Answer, err error) error {
	if err != nil {
		return fmt.Errorf("“%s”: %s says %s: %w", a.topic, a.who.name, answer.Answer, err)
	}
	return nil
}

// yes agrees to most of what is asked. Nobody is recorded in the organisation's own room.
func (a *asked) yes() scheduling.Answer {
	answer := scheduling.Answer{Answer: scheduling.AnswerAccept, Consents: []string{"attend", "contact_again"},
		Screening: map[string]string{"coffee-trade": "no", "complained": pick(a.chance, []string{"told", "silent", "silent", "never"})}}
	if a.chance.IntN(6) > 0 {
		answer.Consents = append(answer.Consents, "quotes")
	}
	if a.room != "Cupping room" {
		answer.Consents = append(answer.Consents, "audio", "observers")
	}
	return answer
}

func (a *asked) accepts(at time.Time) { a.answers(at, a.yes()) }

func (a *asked) declines(at time.Time) {
	a.answers(at, scheduling.Answer{Answer: scheduling.AnswerDecline, Reason: pick(a.chance, a.study.Declines)})
}

func (a *asked) cancels(at time.Time, why string) {
	a.answers(at, scheduling.Answer{Answer: scheduling.AnswerCancel, Reason: why})
}

func (a *asked) confirms(at time.Time) {
	a.answers(at, scheduling.Answer{Answer: scheduling.AnswerConfirm})
}

func (a *asked) isScreenedOut(at time.Time) {
	answer := a.yes()
	answer.Screening["coffee-trade"] = "yes"
	a.answers(at, answer)
}

func (a *asked) isWithdrawn(at time.Time, why string) {
	a.at(at, func(ctx context.Context) error {
		_, err := a.server.Invitations.Withdraw(ctx, a.coordinates(), a.invitation(), why)
		return err
	})
}

// unsubscribes has the participant want no more mail.
func (a *asked) unsubscribes(at time.Time) {
	a.at(at, func(ctx context.Context) error {
		letters := a.server.FocusGroupLetters
		return letters.Unsubscribe(ctx, letters.Links.Make(scheduling.UnsubscribeLink, a.who.id, 0))
	})
}

// isCalled notes a call to the participant.
func (a *asked) isCalled(at time.Time, outcome, note string) {
	a.at(at, func(ctx context.Context) error {
		_, _, err := a.server.Invitations.AddCall(ctx, a.coordinates(), a.invitation(), "demo", scheduling.NewCall{ID: database.NewID(a.now), Outcome: outcome, Note: note})
		return err
	})
}

func (a *asked) declinesByPhone(at time.Time) {
	a.answersByPhone(at, scheduling.Answer{Answer: scheduling.AnswerDecline, Reason: "On the telephone"})
}

// acceptsByPhone is of somebody who has no e-mail, and is asked and answers in one call.
func (a *asked) acceptsByPhone(at time.Time) {
	a.at(at.Add(-time.Minute), func(ctx context.Context) error {
		_, err := a.server.Invitations.SendOne(ctx, a.coordinates(), a.invitation(), scheduling.Sending{ByPhone: true})
		return err
	})
	answer := a.yes()
	answer.Reason = "On the telephone"
	a.answersByPhone(at, answer)
}

func (a *asked) answersByPhone(at time.Time, answer scheduling.Answer) {
	a.at(at, func(ctx context.Context) error {
		_, err := a.server.Invitations.Answer(ctx, a.coordinates(), a.invitation(), answer)
		return a.says(answer, err)
	})
}
