package handlers_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func (p *person) path() string { return "/users/" + p.id.String() }

// newShopper is what a coordinator sends to make one.
func newShopper(more body) body {
	b := body{"id": uuid.Must(uuid.NewV7()), "email": "new@example.org", "name": "Nina Nowak", "roles": []string{"shopper"}}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func TestANewUserSetsTheFirstPasswordWithTheMailedLink(t *testing.T) {
	w := newWorld(t)
	added := w.carol.post("/users", newShopper(body{"language": "pl"})).is(201)
	require.Equal(t, `"1"`, added.header.Get("ETag"))
	nina := &person{w: w, id: uuid.MustParse(added.object()["id"].(string)), name: "Nina", email: "new@example.org", client: w.client()}
	nina.signsIn("").is(401) // no password is not an empty one
	nina.signsIn(password).is(401)

	token := w.link(nina)
	w.stranger().sendAs("", "POST", "/password-reset/confirm", body{"token": token, "password": password}).is(204)
	require.Equal(t, "Nina Nowak", nina.signsIn(password).is(201).object()["user"].(map[string]any)["name"])
	require.Len(t, w.mailed(nina), 1, "who sets a first password is not told that it was changed")
	require.Contains(t, w.stranger().sendAs("", "POST", "/password-reset/confirm", body{"token": token, "password": password}).is(422).faults(), "/token")
}

func TestAddingTheSameUserAgainIsASuccessAndMailsOnce(t *testing.T) {
	w := newWorld(t)
	nina := newShopper(nil)
	first := w.carol.post("/users", nina).is(201)
	again := w.carol.post("/users", nina).is(200)
	require.Equal(t, string(first.body), string(again.body))
	require.Len(t, w.mailed(&person{w: w, id: nina["id"].(uuid.UUID)}), 1)

	nina["name"] = "Somebody Else"
	w.carol.post("/users", nina).refuses(409, "id-taken")
	w.carol.post("/users", newShopper(body{"email": "NEW@example.org"})).refuses(409, "email-taken")
}

func TestCoordinatorsMakeAndDisableShoppersOnly(t *testing.T) {
	w := newWorld(t)
	for _, roles := range [][]string{{"manager"}, {"moderator"}, {"coordinator"}, {"admin"}, {"shopper", "coordinator"}} {
		require.Contains(t, w.carol.post("/users", newShopper(body{"roles": roles})).is(422).faults(), "/roles", roles)
	}
	w.ada.post("/users", newShopper(body{"roles": []string{"coordinator", "moderator"}})).is(201)

	w.carol.patch(w.sam.path(), 1, body{"disabled": true}).is(200)
	w.carol.patch(w.sam.path(), 2, body{"disabled": false}).is(200)
	for _, other := range []*person{w.max, w.moe, w.ada, w.carol} {
		require.Contains(t, w.carol.patch(other.path(), 1, body{"disabled": true}).is(422).faults(), "/disabled", other.name)
	}
	faults := w.carol.patch(w.sam.path(), 3, body{"email": "x@example.org", "name": "X", "language": "pl", "roles": []string{"admin"}}).is(422).faults()
	for _, place := range []string{"/email", "/name", "/language", "/roles"} {
		require.Contains(t, faults, place)
	}
	w.carol.get(w.max.path()).is(200)
}

func TestDisablingAUserActsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.sam.signIn()
	refresh := w.sam.cookie()
	w.sam.get("/me").is(200)

	w.carol.patch(w.sam.path(), 1, body{"disabled": true}).is(200)
	w.sam.sendAs(w.sam.token, "GET", "/me", nil).refuses(401, "sign-in-needed")
	w.refreshWith(refresh).is(401)
	w.sam.signsIn(password).is(401)

	w.carol.patch(w.sam.path(), 2, body{"disabled": false}).is(200)
	w.sam.sendAs(w.sam.token, "GET", "/me", nil).is(401) // what ended stays ended
	w.refreshWith(refresh).is(401)
	w.sam.signsIn(password).is(201)
}

func TestALinkMailedToAUserWhoWasDisabledOpensNothing(t *testing.T) {
	w := newWorld(t)
	w.stranger().sendAs("", "POST", "/password-reset", body{"email": w.sam.email}).is(204)
	token := w.link(w.sam)
	w.carol.patch(w.sam.path(), 1, body{"disabled": true}).is(200)
	w.carol.patch(w.sam.path(), 2, body{"disabled": false}).is(200)
	require.Contains(t, w.stranger().sendAs("", "POST", "/password-reset/confirm", body{"token": token, "password": "a brand new password"}).is(422).faults(), "/token")
}

func TestAnotherRoleActsWithTheNextRequest(t *testing.T) {
	w := newWorld(t)
	w.sam.get("/users").is(403)
	w.ada.patch(w.sam.path(), 1, body{"roles": []string{"coordinator"}}).is(200)
	w.sam.get("/users").is(200)
	require.Equal(t, []any{"coordinator"}, w.sam.get("/me").is(200).object()["roles"])
	w.ada.patch(w.sam.path(), 2, body{"roles": []string{"moderator"}}).is(200)
	w.sam.get("/users").is(403)
}

func TestNobodyIsShopperAndManagerAtOnceAndNobodyIsNothing(t *testing.T) {
	w := newWorld(t)
	for _, roles := range [][]string{{"shopper", "manager"}, {}, {"boss"}} {
		require.Contains(t, w.ada.patch(w.moe.path(), 1, body{"roles": roles}).is(422).faults(), "/roles", roles)
		require.Contains(t, w.ada.post("/users", newShopper(body{"roles": roles})).is(422).faults(), "/roles", roles)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	w := newWorld(t)
	w.ada.patch(w.ada.path(), 1, body{"roles": []string{"coordinator"}}).refuses(409, "last-admin")
	w.ada.patch(w.ada.path(), 1, body{"disabled": true}).refuses(409, "last-admin")
	w.ada.patch(w.carol.path(), 1, body{"roles": []string{"coordinator", "admin"}}).is(200)
	w.ada.patch(w.ada.path(), 1, body{"roles": []string{"coordinator"}}).is(200)
	w.ada.get("/audit").is(403)
	w.carol.get("/audit").is(200)
}

func TestEveryFaultOfANewUserIsNamed(t *testing.T) {
	w := newWorld(t)
	faults := w.ada.post("/users", body{"id": uuid.New(), "email": "Nina <nina@example.org>", "name": "", "language": "not a language", "roles": []string{}}).is(422).faults()
	require.Len(t, faults, 4)
	for _, place := range []string{"/email", "/name", "/language", "/roles"} {
		require.Contains(t, faults, place)
	}
	require.Contains(t, w.ada.post("/users", body{"email": "nina@example.org"}).is(422).faults(), "/id")
	require.Contains(t, w.ada.post("/users", newShopper(body{"id": "not a uuid"})).is(422).faults(), "/id")
	require.Contains(t, w.ada.post("/users", newShopper(body{"id": uuid.Nil})).is(422).faults(), "/id")
}

func TestEverybodyChangesTheirOwnNameAndLanguage(t *testing.T) {
	w := newWorld(t)
	changed := w.sam.patch("/me", 1, body{"name": "  Samuel Söderström ", "language": "pl"}).is(200)
	require.Equal(t, `"2"`, changed.header.Get("ETag"))
	require.Equal(t, "Samuel Söderström", changed.object()["name"])
	require.Equal(t, "pl", w.sam.get("/me").is(200).object()["language"])

	w.sam.patch("/me", 1, body{"name": "Too Late"}).refuses(412, "changed")
	require.Contains(t, w.sam.patch("/me", 2, body{"name": ""}).is(422).faults(), "/name")
	require.Contains(t, w.sam.patch("/me", 2, body{"name": "two\nlines"}).is(422).faults(), "/name")
	for _, more := range []body{{"email": "other@example.org"}, {"roles": []string{"admin"}}, {"disabled": true}} {
		w.sam.patch("/me", 2, more).refuses(422, "is not known here: leave it out")
	}
	require.Equal(t, []any{"shopper"}, w.sam.get("/me").is(200).object()["roles"])
}

func TestUsersAreFoundByNameEmailRoleAndWhetherTheyAreDisabled(t *testing.T) {
	w := newWorld(t)
	w.ada.patch(w.sue.path(), 1, body{"name": "Żaneta Śliwa", "disabled": true}).is(200)
	names := func(query string) (names []string) {
		for _, u := range w.carol.get("/users" + query).is(200).items() {
			names = append(names, u["name"].(string))
		}
		return names
	}
	require.Equal(t, []string{"Ada", "Carol", "Max", "Moe", "Mona", "Sam", "Żaneta Śliwa"}, names(""))
	require.Equal(t, []string{"Żaneta Śliwa"}, names("?search=zaneta%20sliwa"))
	require.Equal(t, []string{"Sam"}, names("?search=SAM%40EXAMPLE"))
	require.Equal(t, []string{"Max", "Mona"}, names("?role=manager"))
	require.Equal(t, []string{"Żaneta Śliwa"}, names("?disabled=yes"))
	require.Equal(t, []string{"Sam"}, names("?role=shopper&disabled=no"))
	require.Empty(t, names("?search=%25"))

	var pages [][]string
	for cursor := ""; ; {
		page := w.carol.get("/users?limit=3&cursor=" + cursor).is(200)
		var some []string
		for _, u := range page.items() {
			some = append(some, u["name"].(string))
		}
		pages = append(pages, some)
		next, more := page.object()["next_cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	require.Equal(t, [][]string{{"Ada", "Carol", "Max"}, {"Moe", "Mona", "Sam"}, {"Żaneta Śliwa"}}, pages)
}

func TestUsersAreImportedAllOrNoneAndMailedTheirLinks(t *testing.T) {
	w := newWorld(t)
	w.carol.post("/users/import", "email,name,roles,language\nnina@example.org,Nina,shopper,pl\nola@example.org,\"Ola, the second\",shopper,\n").is(200)
	found := w.carol.get("/users?search=example.org&role=shopper").is(200).items()
	require.Len(t, found, 4)
	for _, u := range found {
		if u["name"] == "Nina" {
			require.NotEmpty(t, w.link(&person{w: w, name: "Nina", id: uuid.MustParse(u["id"].(string))}))
		}
	}

	refused := w.carol.post("/users/import", strings.Join([]string{
		"email,name,roles",
		"good@example.org,Good,shopper",
		"sam@example.org,Sam again,shopper",
		"no address,Nobody,shopper",
		"boss@example.org,Boss,admin",
		"good@example.org,Twice,shopper",
		"short@example.org",
	}, "\n")).is(422)
	var problem struct {
		Errors []struct{ Line int }
	}
	refused.into(&problem)
	var lines []int
	for _, e := range problem.Errors {
		lines = append(lines, e.Line)
	}
	require.Equal(t, []int{3, 4, 5, 6, 7}, lines)
	require.Empty(t, w.carol.get("/users?search=good").is(200).items())

	w.ada.post("/users/import", "email;name;roles\nboss@example.org;Boss;admin coordinator\n").is(200)
	w.carol.post("/users/import", "").is(400)
	w.carol.send("POST", "/users/import", []byte("email,name,roles\n\xff@example.org,X,shopper\n")).is(422)
	w.carol.post("/users/import", "email,name,roles\nx@example.org,\"X\x00\",shopper\n").is(422)
}

func TestAdminsSeeWhichSessionsOfAUserAreOpen(t *testing.T) {
	w := newWorld(t)
	require.Empty(t, w.ada.get(w.sam.path()+"/sessions").is(200).items())
	w.sam.signIn()
	w.sam.signIn()
	sessions := w.ada.get(w.sam.path() + "/sessions").is(200).items()
	require.Len(t, sessions, 2)
	require.NotContains(t, jsonText(sessions), w.sam.cookie())
	w.sam.delete("/session").is(204)
	require.Len(t, w.ada.get(w.sam.path()+"/sessions").is(200).items(), 1)
	w.carol.get(w.sam.path() + "/sessions").is(403)
	w.ada.get("/users/" + uuid.NewString() + "/sessions").is(404)
}

func TestTheAuditTrailNamesWhoDidWhatToWhatAndHoldsNoValues(t *testing.T) {
	w := newWorld(t)
	const secret = "Zyxw Vuts"
	nina := newShopper(body{"name": secret, "email": "zyxw@example.org"})
	w.carol.post("/users", nina).is(201)
	w.ada.patch("/users/"+nina["id"].(uuid.UUID).String(), 1, body{"name": secret + " II", "language": "cy"}).is(200)
	w.carol.patch("/users/"+nina["id"].(uuid.UUID).String(), 2, body{"disabled": true}).is(200)
	w.ada.send("PATCH", "/settings", body{"organisation": secret}, "If-Match", w.ada.get("/settings").is(200).header.Get("ETag")).is(200)
	_, evaluation := w.submitted(w.publish(branchVisit()), body{"greeted": "yes", "wait": 95, "clean": 5, "words": secret})
	w.approve(evaluation, 7)

	trail := w.ada.get("/audit?limit=200").is(200)
	require.NotContains(t, strings.ToLower(string(trail.body)), "zyxw")
	require.NotContains(t, string(trail.body), "@")
	for _, person := range []string{"Carol", "Sam"} {
		require.NotContains(t, string(trail.body), person)
	}
	type line struct{ actor, action, kind string }
	found := map[line][]any{}
	for _, r := range trail.items() {
		actor, _ := r["actor_id"].(string)
		fields, _ := r["fields"].([]any)
		found[line{actor, r["action"].(string), r["kind"].(string)}] = fields
	}
	require.Contains(t, found, line{w.carol.id.String(), "add", "user"})
	require.Equal(t, []any{"name", "language"}, found[line{w.ada.id.String(), "change", "user"}])
	require.Equal(t, []any{"disabled"}, found[line{w.carol.id.String(), "disable", "user"}])
	require.Equal(t, []any{"organisation"}, found[line{w.ada.id.String(), "change", "settings"}])
	require.Contains(t, found, line{w.sam.id.String(), "sign-in", "session"})
	require.Contains(t, found, line{w.carol.id.String(), "publish", "checklist"})
	require.Contains(t, found, line{w.carol.id.String(), "plan", "visit"})
	require.Contains(t, found, line{"", "add", "user"}, "what the command line did has no actor")

	of := w.ada.get("/audit?kind=user&subject=" + nina["id"].(uuid.UUID).String()).is(200).items()
	require.Len(t, of, 3)
	require.Equal(t, "disable", of[0]["action"], "newest first")
	require.NotEmpty(t, w.ada.get("/audit?actor="+w.sam.id.String()).is(200).items())
	for _, other := range []*person{w.carol, w.sam, w.max, w.moe} {
		other.get("/audit").is(403)
		other.get("/mails").is(403)
	}
}
