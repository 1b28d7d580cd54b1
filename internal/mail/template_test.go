package mail_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"fieldcare/assets"
	"fieldcare/internal/mail"
)

var templates = []string{
	"action-ended", "confirm-attendance", "evaluation-approved", "evaluation-handed-in", "evaluation-rejected", "evaluation-returned", "evaluation-submitted", "focus-group-cancelled",
	"focus-group-given", "focus-group-moved", "focus-group-reminder", "focus-group-taken-back", "invitation", "invitation-cancelled", "invitation-confirmed", "invitation-waitlisted", "invitation-withdrawn", "monthly-digest",
	"new-password-set", "new-report", "new-user", "password-reset", "report-due", "room-cancellation-due", "seat-offered", "thank-you", "visit-cancelled", "visit-changed", "visit-closes-tomorrow", "visit-offered", "visit-taken-back",
}

func data() map[string]any {
	return map[string]any{
		"Organisation": "Nowak & Söhne", "Name": "Łukasz Ωmega 🦊", "Link": "https://care.example/visits/1?a=b&c=d",
		"Branch": "Old Town", "Address": "Rynek 1, Kraków", "Opens": "Monday 23 November 2026, 09:00", "Closes": "Friday 27 November 2026, 18:00",
		"Zone": "Europe/Warsaw", "Scenario": "You are new in town.\n\nAsk for help.", "Reason": "The branch is closed.", "Words": "Please say more.\r\nThank you.",
		"Grade": int64(9), "Deadline": "28 November 2026, 18:00 CET", "Questions": []string{"Were you greeted?", "How long did you wait?"},
		"Topic": "How we answer the phone", "When": "Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw)", "Place": "Room 1, Stary Młyn", "Incentive": "50.00 EUR",
		"Directions": "Ring the bell twice.", "Booking": "SM-17", "Role": "moderator", "State": "Done", "Action": "Another till", "Outcome": "The till stands.",
		"Month": "November", "Choice": "https://care.example/me",
		"News":  []mail.Link{{Name: "Old Town", Address: "https://care.example/branches/1"}, {Name: "Gdańsk Harbour", Address: "https://care.example/branches/2"}},
		"Quiet": []mail.Link{{Name: "Kraków", Address: "https://care.example/branches/3"}},
	}
}

func TestEveryTemplateIsKnownHere(t *testing.T) {
	files, err := fs.Glob(assets.Mail, "mail/*.txt")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		text, err := assets.Mail.ReadFile(file)
		require.NoError(t, err)
		if strings.HasPrefix(string(text), "Subject: ") {
			found = append(found, strings.TrimSuffix(path.Base(file), ".txt"))
		}
	}
	require.ElementsMatch(t, templates, found)
}

func TestAMessageSaysWhatItWasGiven(t *testing.T) {
	subject, text, page, err := mail.Render("evaluation-returned", data())
	require.NoError(t, err)
	require.Equal(t, "Please look at your evaluation again: Old Town", subject)
	require.Equal(t, `Hello Łukasz Ωmega 🦊,

Your evaluation of Old Town needs another look before it can be approved. The reviewer writes:

> Please say more.
> Thank you.

These questions are open for you:

- Were you greeted?
- How long did you wait?

https://care.example/visits/1?a=b&c=d

Nowak & Söhne
`, text)
	require.Contains(t, page, `Please say more.<br>Thank you.</blockquote>`)
	require.Contains(t, page, `Nowak &amp; Söhne`)
	require.Contains(t, page, `- Were you greeted?<br>- How long did you wait?`)
	require.Equal(t, []string{"https://care.example/visits/1?a=b&c=d"}, linksOf(t, page))

	_, text, _, err = mail.Render("visit-offered", data())
	require.NoError(t, err)
	require.Contains(t, text, `
Old Town
Rynek 1, Kraków
From Monday 23 November 2026, 09:00 to Friday 27 November 2026, 18:00 (Europe/Warsaw)
Evaluation due at the latest: 28 November 2026, 18:00 CET

> You are new in town.
> 
> Ask for help.

https://`)

	_, text, _, err = mail.Render("evaluation-approved", data())
	require.NoError(t, err)
	require.Contains(t, text, "Your work was given a 9 out of 10. The reviewer writes:")
}

func TestAListOfLinksIsNamedAndEachNameLeadsToItsAddress(t *testing.T) {
	subject, text, page, err := mail.Render("monthly-digest", data())
	require.NoError(t, err)
	require.Equal(t, "Your branches in November", subject)
	require.Equal(t, `Hello Łukasz Ωmega 🦊,

These of your branches had a new report in November:

Old Town
https://care.example/branches/1

Gdańsk Harbour
https://care.example/branches/2

These had none:

Kraków
https://care.example/branches/3

Nowak & Söhne

You get this mail on the first of each month because you chose it.
Switch it off in your settings
https://care.example/me
`, text)
	require.Equal(t, []string{"https://care.example/branches/1", "https://care.example/branches/2", "https://care.example/branches/3", "https://care.example/me"}, linksOf(t, page))
	for _, name := range []string{">Old Town</a>", ">Gdańsk Harbour</a>", ">Kraków</a>", ">Switch it off in your settings</a>"} {
		require.Contains(t, page, name)
	}
}

func TestOnlyAMessageThatSaysWhyItComesHasAFooter(t *testing.T) {
	const footer = "font-size:13px\">\n<p>You get this mail because you manage Old Town.</p>"
	_, text, page, err := mail.Render("new-report", data())
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(text, "\nNowak & Söhne\n\nYou get this mail because you manage Old Town.\n"), text)
	require.Contains(t, page, footer)
	_, text, page, err = mail.Render("visit-offered", data())
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(text, "\nNowak & Söhne\n"), text)
	require.Equal(t, 1, strings.Count(page, "<div"), page)
	require.NotContains(t, page, "<p></p>")
}

func TestWhatAMessageWasNotGivenIsLeftOut(t *testing.T) {
	for _, template := range templates {
		subject, text, page, err := mail.Render(template, map[string]any{"Name": "Sam", "Organisation": "Acme", "Branch": "Old Town", "Link": "https://care.example/1"})
		require.NoError(t, err, template)
		require.NotEmpty(t, subject)
		for _, said := range []string{subject, text, page} {
			require.NotContains(t, said, "no value", template)
			require.NotContains(t, said, "{{", template)
			require.NotContains(t, said, "<nil>", template)
		}
		require.NotContains(t, text, "\n\n\n", template)
		require.NotContains(t, text, "out of 10", template)
		require.NotContains(t, text, "reason", template)
	}
}

func linksOf(t require.TestingT, page string) (found []string) {
	document, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	for node := range document.Descendants() {
		require.NotContains(t, []string{"script", "img", "iframe", "form", "input", "object", "style"}, node.Data)
		for _, attribute := range node.Attr {
			require.False(t, strings.HasPrefix(attribute.Key, "on"), attribute.Key)
			if attribute.Key == "href" {
				found = append(found, attribute.Val)
			}
		}
	}
	return found
}

func TestNoValueAddsAHeaderAnElementOrALink(t *testing.T) {
	evil := []string{
		"\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "https://evil.example/login",
		"\n\nhttps://evil.example/login\n\n", "{{.Link}}", "\u202egpj.exe", "a\x00b\xff", strings.Repeat("long ", 5000), "🦊", "javascript:alert(1)",
		"</blockquote></div><a href=https://evil.example>here</a>", "> quoted\u2028> more", "",
	}
	const link = "https://care.example/1"
	rapid.Check(t, func(t *rapid.T) {
		template := rapid.SampledFrom(templates).Draw(t, "template")
		text := rapid.OneOf(rapid.SampledFrom(evil), rapid.String())
		links := rapid.SliceOfN(rapid.Map(text, func(name string) mail.Link { return mail.Link{Name: name, Address: link} }), 0, 3)
		given := map[string]any{"Link": link, "Choice": link, "Questions": rapid.SliceOfN(text, 0, 3).Draw(t, "questions"),
			"News": links.Draw(t, "news"), "Quiet": links.Draw(t, "quiet")}
		for name := range data() {
			if given[name] == nil && name != "Grade" {
				given[name] = text.Draw(t, name)
			}
		}
		subject, body, page, err := mail.Render(template, given)
		require.NoError(t, err)
		require.NotContains(t, subject, "\n")
		require.NotContains(t, subject, "\r")
		require.LessOrEqual(t, utf8.RuneCountInString(subject), 151)
		for _, said := range []string{subject, body, page} {
			require.True(t, utf8.ValidString(said))
			require.NotContains(t, said, "\x00")
			require.NotContains(t, said, "\u202e")
		}
		require.NotContains(t, body, "\r")
		for _, found := range linksOf(t, page) {
			require.Equal(t, link, found)
		}
		require.Less(t, len(body), 60_000)
	})
}

func TestAValueThatNoTemplateKnowsIsAnError(t *testing.T) {
	_, _, _, err := mail.Render("visit-offered", map[string]any{"Brnach": "Old Town"})
	require.ErrorContains(t, err, "Brnach")
	_, _, _, err = mail.Render("visit-offered", map[string]any{"Branch": 1.5})
	require.ErrorContains(t, err, "Branch")
	_, _, _, err = mail.Render("visit-offered", map[string]any{"Questions": "one"})
	require.ErrorContains(t, err, "Questions")
	_, _, _, err = mail.Render("monthly-digest", map[string]any{"News": []string{"Old Town"}})
	require.ErrorContains(t, err, "News")
	_, _, _, err = mail.Render("layout", nil)
	require.ErrorContains(t, err, "layout")
}
