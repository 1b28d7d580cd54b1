package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/handlers"
)

// refreshCookie is the cookie that an answer sets.
func refreshCookie(a *answer) *http.Cookie {
	a.Helper()
	cookies := (&http.Response{Header: a.header}).Cookies()
	require.Len(a, cookies, 1, a.what)
	return cookies[0]
}

// signsIn sends the request that signs in, and nothing else.
func (p *person) signsIn(password string) *answer {
	p.w.Helper()
	return p.sendAs("", "POST", "/session", body{"email": p.email, "password": password})
}

// refreshWith spends a refresh token from a browser that keeps no cookies.
func (w *world) refreshWith(token string) *answer {
	w.Helper()
	return w.stranger().sendAs("", "POST", "/session/refresh", nil, "Cookie", "fieldcare_refresh="+token)
}

// stranger is nobody, in a browser that nobody has used before.
func (w *world) stranger() *person { return &person{w: w, name: "a stranger", client: w.client()} }

func TestSigningInGivesAnAccessTokenAndARefreshCookieThatNoScriptReads(t *testing.T) {
	w := newWorld(t)
	a := w.sam.signsIn(password).is(201)

	session := a.object()
	require.Equal(t, "Sam", session["user"].(map[string]any)["name"])
	require.Equal(t, []any{"shopper"}, session["user"].(map[string]any)["roles"])
	require.Equal(t, monday.Add(15*time.Minute).Format(time.RFC3339), session["expires_at"])

	cookie := refreshCookie(a)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/api/v1/session", cookie.Path)
	require.Empty(t, cookie.Domain)
	require.False(t, cookie.Secure, "the world is reached by http")
	require.Equal(t, monday.Add(60*24*time.Hour), cookie.Expires)
	require.Equal(t, 60*24*60*60, cookie.MaxAge)
	require.NotContains(t, string(a.body), cookie.Value)

	me := w.sam.sendAs(session["access_token"].(string), "GET", "/me", nil).is(200)
	require.Equal(t, w.sam.email, me.object()["email"])
	require.Equal(t, `"1"`, me.header.Get("ETag"))
}

func TestTheRefreshCookieIsSecureWhereThePublicAddressIsHTTPS(t *testing.T) {
	w := newWorld(t)
	w.server.SecureCookies = true
	require.True(t, refreshCookie(w.sam.signsIn(password).is(201)).Secure)
}

func TestAnEmailIsTheSameInCapitalsAndWithSpacesAround(t *testing.T) {
	w := newWorld(t)
	w.stranger().sendAs("", "POST", "/session", body{"email": "  SAM@Example.org ", "password": password}).is(201)
}

func TestATokenIsTakenOnlyAsABearerToken(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	for header, status := range map[string]int{
		"Bearer " + w.sam.token:       200,
		"bearer  " + w.sam.token:      200,
		w.sam.token:                   401,
		"Basic " + w.sam.token:        401,
		"Bearer":                      401,
		"Bearer ":                     401,
		"Bearer " + w.sam.token + "x": 401,
		"Bearer x.y.z":                401,
		"Bearer \xff\xfe":             401,
	} {
		a := w.nobody.sendAs("", "GET", "/me", nil, "Authorization", header).is(status)
		if status == 401 {
			require.Equal(t, "Bearer", a.header.Get("WWW-Authenticate"))
			require.Equal(t, "urn:fieldcare:sign-in-needed", a.object()["type"])
		}
	}
}

func TestAnAccessTokenIsGoodForAQuarterOfAnHourAndIsRefreshed(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	old := w.sam.token

	w.clock.forward(15*time.Minute - time.Second)
	w.sam.sendAs(old, "GET", "/me", nil).is(200)
	w.clock.forward(time.Second)
	w.sam.sendAs(old, "GET", "/me", nil).refuses(401, "sign-in-needed")

	fresh := w.sam.sendAs("", "POST", "/session/refresh", nil).is(200)
	require.Equal(t, monday.Add(30*time.Minute).Format(time.RFC3339), fresh.object()["expires_at"])
	require.Equal(t, "/api/v1/session", refreshCookie(fresh).Path)
	w.sam.sendAs(fresh.object()["access_token"].(string), "GET", "/me", nil).is(200)
}

func TestARefreshWhoseAnswerWasLostIsAskedAgain(t *testing.T) {
	w := newWorld(t)
	first := refreshCookie(w.sam.signsIn(password).is(201)).Value

	lost := refreshCookie(w.refreshWith(first).is(200)).Value
	arrived := refreshCookie(w.refreshWith(first).is(200)).Value
	require.NotEqual(t, lost, arrived)
	w.refreshWith(arrived).is(200)

	// The successor arrived, so whoever has the one that got lost, or the first, is somebody else: the session ends.
	w.refreshWith(lost).refuses(401, "sign-in-needed")
	w.refreshWith(arrived).is(401)
}

func TestAStolenRefreshTokenEndsTheSessionAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.sam.signsIn(password).is(201)
	access, stolen := a.object()["access_token"].(string), refreshCookie(a).Value
	second := refreshCookie(w.refreshWith(stolen).is(200)).Value
	third := refreshCookie(w.refreshWith(second).is(200)).Value

	w.refreshWith(stolen).is(401)
	w.refreshWith(third).is(401)
	w.sam.sendAs(access, "GET", "/me", nil).is(401)
	w.sam.signsIn(password).is(201)
}

func TestWithoutARefreshTokenThereIsNothingToRefresh(t *testing.T) {
	w := newWorld(t)
	w.stranger().sendAs("", "POST", "/session/refresh", nil).refuses(401, "sign-in-needed")
	for _, token := range []string{"", "x", "\xff\xfe", strings.Repeat("a", 8000)} {
		w.refreshWith(token).is(401)
	}
}

func TestASessionLastsSixtyDaysAfterItWasLastUsed(t *testing.T) {
	w := newWorld(t)
	token := refreshCookie(w.sam.signsIn(password).is(201)).Value
	w.clock.forward(60*24*time.Hour - time.Second)
	token = refreshCookie(w.refreshWith(token).is(200)).Value
	w.clock.forward(60*24*time.Hour - time.Second)
	token = refreshCookie(w.refreshWith(token).is(200)).Value
	w.clock.forward(60 * 24 * time.Hour)
	w.refreshWith(token).is(401)
}

func TestAShopperWhoSignsOutCannotRefresh(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	elsewhere := w.sam.signsIn(password).is(201)
	stays, staysRefresh := elsewhere.object()["access_token"].(string), refreshCookie(elsewhere).Value
	w.sam.signIn()
	refresh := w.sam.cookie()

	out := w.sam.sendAs("", "DELETE", "/session", nil).is(204)
	gone := refreshCookie(out)
	require.Empty(t, gone.Value)
	require.Negative(t, gone.MaxAge, "the browser forgets it")
	require.Equal(t, "/api/v1/session", gone.Path)
	require.Empty(t, w.sam.cookie())

	w.sam.sendAs(w.sam.token, "GET", "/me", nil).refuses(401, "sign-in-needed")
	w.refreshWith(refresh).is(401)
	w.sam.sendAs(stays, "GET", "/me", nil).is(200)
	w.refreshWith(staysRefresh).is(200)

	// Again, or without ever having signed in: signed out is signed out.
	w.stranger().sendAs("", "DELETE", "/session", nil, "Cookie", "fieldcare_refresh="+refresh).is(204)
	w.stranger().sendAs("", "DELETE", "/session", nil).is(204)
}

// cookie is the refresh token that the person's browser holds.
func (p *person) cookie() string {
	request, _ := http.NewRequest("POST", "http://fieldcare.test/api/v1/session/refresh", nil)
	for _, c := range p.client.Jar.Cookies(request.URL) {
		return c.Value
	}
	return ""
}

func TestAWrongPasswordAndAnUnknownEmailGetTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/users/"+w.sue.id.String(), 1, body{"disabled": true}).is(200)
	wrong := w.sam.signsIn("not the password").is(401)
	require.Equal(t, "Bearer", wrong.header.Get("WWW-Authenticate"))
	for _, other := range []body{
		{"email": "ghost@example.org", "password": password},
		{"email": "no address at all", "password": password},
		{"email": "", "password": ""},
		{"email": w.sue.email, "password": password}, // disabled
		{"email": w.sam.email, "password": strings.Repeat("x", 1000)},
	} {
		a := w.stranger().sendAs("", "POST", "/session", other).is(401)
		require.Equal(t, string(wrong.body), string(a.body))
		require.Empty(t, a.header.Values("Set-Cookie"))
		a.header.Del("Date")
		wrong.header.Del("Date")
		require.Equal(t, wrong.header, a.header)
	}
}

func TestTheEleventhWrongPasswordHasToWait(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		w.sam.signsIn("not the password").is(401)
	}
	limited := w.sam.signsIn(password).refuses(429, "too-many-attempts")
	require.Equal(t, "120", limited.header.Get("Retry-After"))
	w.sue.signsIn(password).is(201) // at the same address

	ghost := &person{w: w, name: "Ghost", email: "ghost@example.org", client: w.client()}
	for range 10 {
		ghost.signsIn(password).is(401)
	}
	require.Equal(t, string(limited.body), string(ghost.signsIn(password).is(429).body))

	w.clock.forward(2 * time.Minute)
	w.sam.signsIn(password).is(201)
}

func TestAStrangerWhoGuessesLocksNobodyOut(t *testing.T) {
	w := newWorld(t)
	behindProxies(w)
	home := []string{"X-Forwarded-For", "192.0.2.7"}
	right := body{"email": w.sam.email, "password": password}
	w.sam.sendAs("", "POST", "/session", right, home...).is(201)

	guess := body{"email": w.sam.email, "password": "a guess, a guess"}
	for _, address := range []string{"198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"} {
		for range 10 {
			a := w.stranger().sendAs("", "POST", "/session", guess, "X-Forwarded-For", address)
			require.Contains(t, []int{401, 429}, a.status)
		}
	}
	w.stranger().sendAs("", "POST", "/session", guess, "X-Forwarded-For", "198.51.100.5").is(429)
	w.sam.sendAs("", "POST", "/session", right, home...).is(201)
}

// behindProxies has the world trust the machine that it is spoken to from, and one network more.
func behindProxies(w *world) {
	w.Helper()
	for _, text := range []string{"0.0.0.0", "10.0.0.0/8"} {
		var n handlers.Network
		require.NoError(w, n.UnmarshalText([]byte(text)))
		w.server.TrustedProxies = append(w.server.TrustedProxies, n)
	}
}

func TestAForwardedAddressIsBelievedOnlyFromATrustedProxy(t *testing.T) {
	attempts := func(t *testing.T, w *world, forwarded func(i int) string) (last int) {
		for i := range 11 {
			last = w.stranger().sendAs("", "POST", "/session", body{"email": w.sam.email, "password": "a guess, a guess"},
				"X-Forwarded-For", forwarded(i)).status
		}
		return last
	}
	another := func(i int) string { return "192.0.2." + jsonText(i) }

	t.Run("nobody else's", func(t *testing.T) {
		require.Equal(t, 429, attempts(t, newWorld(t), another), "all these came from one address")
	})
	t.Run("a proxy's", func(t *testing.T) {
		w := newWorld(t)
		behindProxies(w)
		require.Equal(t, 401, attempts(t, w, another))
	})
	t.Run("what the client wrote before the proxy did is not", func(t *testing.T) {
		w := newWorld(t)
		behindProxies(w)
		require.Equal(t, 429, attempts(t, w, func(i int) string { return another(i) + ", 198.51.100.9, 10.1.2.3" }))
	})
	t.Run("nor what is no address", func(t *testing.T) {
		w := newWorld(t)
		behindProxies(w)
		require.Equal(t, 429, attempts(t, w, func(i int) string { return another(i) + ", unknown" }))
	})
}

func TestANetworkIsReadFromAnAddressOrARange(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1": "10.0.0.1/32", "10.1.2.3/8": "10.0.0.0/8", "::1": "::1/128", "::ffff:10.0.0.1": "10.0.0.1/32", "fd00::/8": "fd00::/8",
	} {
		var n handlers.Network
		require.NoError(t, n.UnmarshalText([]byte(text)))
		require.Equal(t, want, n.String())
	}
	for _, text := range []string{"", "proxy", "10.0.0.0/33", "10.0.0"} {
		var n handlers.Network
		require.ErrorContains(t, n.UnmarshalText([]byte(text)), "such as 10.0.0.1")
	}
}

// link is the token in the newest mail to a person.
func (w *world) link(to *person) string {
	w.Helper()
	mails := w.mailed(to)
	require.NotEmpty(w, mails, "mail to %s", to.name)
	text := mails[len(mails)-1]["body"].(string)
	_, token, found := strings.Cut(text, "https://fieldcare.test/set-password#")
	require.True(w, found, text)
	token, _, _ = strings.Cut(token, "\n")
	return strings.TrimSpace(token)
}

func TestAForgottenPasswordIsSetWithTheMailedLink(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	before, refresh := w.sam.token, w.sam.cookie()

	w.stranger().sendAs("", "POST", "/password-reset", body{"email": "SAM@example.org"}).is(204)
	token := w.link(w.sam)
	w.sam.sendAs(before, "GET", "/me", nil).is(200) // asking changes nothing

	confirm := func(token, password string) *answer {
		return w.stranger().sendAs("", "POST", "/password-reset/confirm", body{"token": token, "password": password})
	}
	require.Contains(t, confirm(token, "short").is(422).faults(), "/password")
	require.Contains(t, confirm("not the token", "a brand new password").is(422).faults(), "/token")
	done := confirm(token, "a brand new password").is(204)
	require.Empty(t, done.body)

	require.Contains(t, confirm(token, "yet another password").is(422).faults(), "/token") // opens once
	w.sam.sendAs(before, "GET", "/me", nil).is(401)
	w.refreshWith(refresh).is(401)
	w.sam.signsIn(password).is(401)
	w.sam.signsIn("a brand new password").is(201)

	mails := w.mailed(w.sam)
	require.Len(t, mails, 2)
	require.Equal(t, "new-password-set", mails[1]["template"])
	require.NotContains(t, mails[1]["body"], "brand new password")
}

func TestALinkForANewPasswordIsGoodForAnHourAndTheNewestCounts(t *testing.T) {
	w := newWorld(t)
	ask := func() string {
		w.stranger().sendAs("", "POST", "/password-reset", body{"email": w.sam.email}).is(204)
		return w.link(w.sam)
	}
	confirm := func(token string) *answer {
		return w.stranger().sendAs("", "POST", "/password-reset/confirm", body{"token": token, "password": "a brand new password"})
	}
	first := ask()
	w.clock.forward(time.Minute)
	second := ask()
	require.NotEqual(t, first, second)
	require.Contains(t, confirm(first).is(422).faults(), "/token")
	w.clock.forward(time.Hour)
	require.Contains(t, confirm(second).is(422).faults(), "/token")
	third := ask()
	w.clock.forward(time.Hour - time.Second)
	confirm(third).is(204)
}

func TestAskingForALinkTellsNothingAboutWhoHasAnAccount(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/users/"+w.sue.id.String(), 1, body{"disabled": true}).is(200)
	known := w.stranger().sendAs("", "POST", "/password-reset", body{"email": w.sam.email}).is(204)
	for _, email := range []string{"ghost@example.org", w.sue.email} {
		a := w.stranger().sendAs("", "POST", "/password-reset", body{"email": email}).is(204)
		require.Equal(t, known.body, a.body)
	}
	for range 5 { // no more than three links in a short while, and no word of it
		w.stranger().sendAs("", "POST", "/password-reset", body{"email": w.sam.email}).is(204)
	}
	require.Len(t, w.mailed(w.sam), 3)
	require.Empty(t, w.mailed(w.sue))
	require.Contains(t, w.stranger().sendAs("", "POST", "/password-reset", body{"email": "not an address"}).is(422).faults(), "/email")
}

func TestWhoAsksForLinksAllTheTimeIsToldToWait(t *testing.T) {
	w := newWorld(t)
	ask := func(i int) *answer {
		return w.stranger().sendAs("", "POST", "/password-reset", body{"email": "ghost" + jsonText(i) + "@example.org"})
	}
	for i := range 20 {
		ask(i).is(204)
	}
	require.Equal(t, "60", ask(20).refuses(429, "too-many-attempts").header.Get("Retry-After"))
}

func TestTheMailedLinkIsNowhereButInTheMail(t *testing.T) {
	w := newWorld(t)
	w.stranger().sendAs("", "POST", "/password-reset", body{"email": w.sam.email}).is(204)
	token := w.link(w.sam)
	for _, table := range []string{"jobs", "links", "audit", "users"} {
		var rows []map[string]any
		require.NoError(t, w.server.DB.Read().NewSelect().Table(table).Scan(t.Context(), &rows))
		require.NotContains(t, jsonText(rows), token, table)
	}
}

func TestChangingTheOwnPasswordEndsAllOtherSessions(t *testing.T) {
	w := newWorld(t)
	elsewhere := w.sam.signsIn(password).is(201).object()["access_token"].(string)
	w.sam.signIn()

	change := func(current, next string) *answer {
		return w.sam.post("/me/password", body{"current_password": current, "new_password": next})
	}
	require.Contains(t, change("not the password", "a brand new password").is(422).faults(), "/current_password")
	require.Contains(t, change(password, "short").is(422).faults(), "/new_password")
	w.sam.sendAs(elsewhere, "GET", "/me", nil).is(200)

	a := change(password, "a brand new password").is(200)
	w.sam.sendAs(elsewhere, "GET", "/me", nil).is(401)
	w.sam.sendAs(w.sam.token, "GET", "/me", nil).is(401)
	w.sam.sendAs(a.object()["access_token"].(string), "GET", "/me", nil).is(200)
	w.refreshWith(refreshCookie(a).Value).is(200)
	w.sam.signsIn(password).is(401)
	w.sam.signsIn("a brand new password").is(201)
	require.Equal(t, "new-password-set", w.mailed(w.sam)[0]["template"])
}

func TestWhoGuessesTheCurrentPasswordHasToWaitToo(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	for range 10 {
		w.sam.post("/me/password", body{"current_password": "not the password", "new_password": "a brand new password"}).is(422)
	}
	w.sam.post("/me/password", body{"current_password": password, "new_password": "a brand new password"}).refuses(429, "too-many-attempts")
}
