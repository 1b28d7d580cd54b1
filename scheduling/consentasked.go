package scheduling

import (
	"context"
	"slices"
	"strings"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// ConsentAsked is a consent that is asked for with an invitation, in these words.
type ConsentAsked struct {
	Scope    string
	Wording  string
	Required bool // without it nobody can take part
	Given    bool // and stands
}

// The wording of the consents that are asked for with an invitation. Whoever changes a word changes the version: what
// somebody agreed to is kept word for word with it.
const (
	consentVersion  = "2026-11"
	consentLanguage = "en"
)

var consentsAsked = []ConsentAsked{
	{Scope: "attend", Required: true, Wording: "I agree that my answers here and what I say in the session are used for this study. I can leave at any time, without giving a reason."},
	{Scope: "audio", Wording: "I agree that the sound of the session is recorded, so that notes can be checked. The recording is not published."},
	{Scope: "video", Wording: "I agree that the session is recorded on video, so that notes can be checked. The recording is not published."},
	{Scope: "observers", Wording: "I agree that staff of the organisation watch the session from another room."},
	{Scope: "quotes", Wording: "I agree that what I say is quoted in the report, without my name."},
	{Scope: "contact_again", Wording: "I agree to be asked about other sessions later."},
}

// asked are the consents that a session needs: those about recording and observers where its room has what it takes.
func asked(features []string) []ConsentAsked {
	needs := map[string]string{"audio": "recording", "video": "recording", "observers": "viewing_room"}
	return slices.DeleteFunc(slices.Clone(consentsAsked), func(c ConsentAsked) bool {
		return needs[c.Scope] != "" && !slices.Contains(features, needs[c.Scope])
	})
}

// consent records the consents that come with a yes. What was asked for and is not among them is withdrawn where it had
// been given by the participant's own answer; what a coordinator takes down by phone only adds.
func (s *seating) consent(ctx context.Context, r *invitationRow, scopes []string) error {
	features, err := featuresOf(ctx, s.tx, s.group.ID)
	if err != nil {
		return err
	}
	wanted := asked(features)
	for _, scope := range scopes {
		if !slices.ContainsFunc(wanted, func(c ConsentAsked) bool { return c.Scope == scope }) {
			names := make([]string, len(wanted))
			for i, c := range wanted {
				names[i] = c.Scope
			}
			return fault.At("/consents", "one of them is not asked for with this session: there are %s", strings.Join(names, ", "))
		}
	}
	given, err := consentsGiven(ctx, s.tx, r)
	if err != nil {
		return err
	}
	for _, c := range wanted {
		agrees := slices.Contains(scopes, c.Scope)
		switch {
		case c.Required && !agrees && !given[c.Scope]:
			return fault.At("/consents", "must hold %s: nobody takes part without having agreed to it", c.Scope)
		case agrees && !given[c.Scope]:
			err = insertConsent(ctx, s.tx, r.ParticipantID, s.actor, Consent{
				ID: database.NewID(s.now), Scope: c.Scope, Wording: c.Wording, Version: consentVersion, Language: consentLanguage, GivenAt: s.now,
			})
		case !agrees && given[c.Scope] && !c.Required && s.party == ByParticipant && r.State != Offered:
			_, err = takeConsentBack.Exec(ctx, s.tx, database.At(s.now), r.ParticipantID, c.Scope)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var takeConsentBack = database.Prepared("UPDATE consents SET withdrawn_at = ? WHERE participant_id = ? AND scope = ? AND withdrawn_at IS NULL")
