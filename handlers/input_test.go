package handlers_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// operation is one of the API, as the OpenAPI document has it.
type operation struct {
	method, path string
	described    map[string]any
}

func operations(w *world) (all []operation) {
	w.Helper()
	for path, methods := range contractOf(w).paths {
		for method, described := range methods {
			all = append(all, operation{strings.ToUpper(method), path, described.(map[string]any)})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	require.NotEmpty(w, all)
	return all
}

// at is the value behind a path of keys, or nil.
func at(value any, keys ...string) any {
	for _, key := range keys {
		if list, is := value.([]any); is {
			value = nil
			if i, err := strconv.Atoi(key); err == nil && i < len(list) {
				value = list[i]
			}
			continue
		}
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}

// resolved follows a $ref.
func (c *contract) resolved(schema any) map[string]any {
	object, _ := schema.(map[string]any)
	if ref, ok := object["$ref"].(string); ok {
		return c.resolved(at(c.document, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...))
	}
	return object
}

// goWords are what an error of Go's own would tell of.
var goWords = regexp.MustCompile(`\b(handlers|evaluation|account|uuid|json|time|reflect|strconv|strings|sql|fiber|huma|url|netip|hex|base64)\.[A-Za-z]|Go (struct|value)|unmarshal|invalid character|interface|map\[|parsing |\*[a-z]+\.|0x[0-9a-f]+|EOF`)

// machineWords are those in which a framework refuses.
var machineWords = regexp.MustCompile(`"detail":"[^"]*(\bexpected (string|number|integer|boolean|array|object|value|length|required|property)|[<>]=? ?\d|\bRFC \d+ [a-z]|\bunexpected|\binvalid (integer|float|boolean|value|JSON)|\[a-z|\bschema)`)

// refusesWell requires of a refusal that it is a problem which neither echoes what was sent nor speaks of Go, in words for
// people.
func (a *answer) refusesWell() {
	a.Helper()
	require.Less(a, a.status, 500, "%s: %s", a.what, a.body)
	if a.status < 400 {
		return
	}
	require.Equal(a, "application/problem+json", a.header.Get("Content-Type"), a.what)
	require.NotContains(a, strings.ToLower(string(a.body)), "marker", a.what)
	require.Empty(a, goWords.FindString(string(a.body)), "%s: %s", a.what, a.body)
	require.Empty(a, machineWords.FindString(string(a.body)), "%s: %s", a.what, a.body)
}

// able is somebody who may call the operation.
func able(w *world, o operation, address string) *person {
	w.Helper()
	if jsonText(o.described["security"]) != `[{"bearer":[]}]` {
		return w.nobody
	}
	for _, p := range []*person{w.ada, w.sam} {
		if a := p.raw(o.method, address, nil); a.status != 403 {
			require.NotEqual(w, 401, a.status, a.what)
			return p
		}
	}
	require.FailNow(w, "nobody may", "%s %s", o.method, o.path)
	return nil
}

func TestNoOperationEchoesABrokenBodyOrSpeaksOfGo(t *testing.T) {
	w := newWorld(t)
	c := contractOf(w)
	for _, o := range operations(w) {
		media := at(o.described, "requestBody", "content", "application/json", "schema")
		if media == nil {
			continue
		}
		address := "/api/v1" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(o.path, uuid.NewString())
		who := able(w, o, address)
		bodies := []string{`marker`, `"marker"`, `["marker"]`, `{`, `{"marker`, `null`, `1e999`, `{"id": marker}`, strings.Repeat("[", 100_000), `{"a":` + strings.Repeat(`{"a":`, 20_000)}
		properties, _ := c.resolved(media)["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			for _, value := range []string{`"marker"`, `12345.5`, `-1`, `1e999`, `99999999999999999999`, `true`, `null`, `["marker"]`, `[["marker"]]`, `{"x": "marker"}`, `[{"x": "marker"}]`,
				`"markered-9a4d-4d2c-8f0e-0a4a0a4a0a4a"`, `"marker:::6e3bde3c-9a4d-4d2c-8f0e-0a4a0a4a0a4a"`, `"\ud800marker"`, `"2026-13-45Tmarker"`,
				`"` + strings.Repeat("marker", 4000) + `"`, "[" + strings.Repeat(`"marker",`, 600) + `"marker"]`} {
				bodies = append(bodies, fmt.Sprintf(`{%q: %s}`, name, value), fmt.Sprintf(`{"id": %q, "answers": {}, "document": {}, %q: %s}`, uuid.NewString(), name, value))
			}
		}
		for _, b := range bodies {
			who.raw(o.method, address, []byte(b), "If-Match", `"1"`).refusesWell()
		}
	}
}

func TestNoFileEchoesItsBrokenCells(t *testing.T) {
	w := newWorld(t)
	for path, head := range map[string]string{
		"/users/import":    "email,name,roles,language",
		"/branches/import": "code,name,zone,address,lat,lon,region,brand,competitor",
	} {
		for _, cell := range []string{"marker", `"marker`, `mar"ker`, "\"marker\n\"", strings.Repeat("marker", 1000)} {
			line := strings.Repeat(cell+",", strings.Count(head, ",")) + cell
			w.carol.raw("POST", "/api/v1"+path, []byte(head+"\n"+line+"\n"), "Content-Type", "text/csv").refusesWell()
		}
	}
	w.sam.raw("PUT", "/api/v1/photos/marker", []byte("marker")).refusesWell()
	w.sam.raw("PUT", "/api/v1/photos/"+hashOf([]byte("marker")), []byte("marker")).refusesWell()
}

func TestNoOperationEchoesABrokenParameter(t *testing.T) {
	w := newWorld(t)
	for _, o := range operations(w) {
		broken := func(name string) string {
			return "/api/v1" + regexp.MustCompile(`\{\w+\}`).ReplaceAllStringFunc(o.path, func(parameter string) string {
				if parameter == "{"+name+"}" {
					return "marker"
				}
				return uuid.NewString()
			})
		}
		who := able(w, o, broken(""))
		parameters, _ := o.described["parameters"].([]any)
		for _, p := range parameters {
			name := at(p, "name").(string)
			for _, value := range []string{"marker", "-1", "0", "99999999999999999999", "1.5", "markered-9a4d-4d2c-8f0e-0a4a0a4a0a4a", "marker:::6e3bde3c-9a4d-4d2c-8f0e-0a4a0a4a0a4a", "%22", strings.Repeat("marker", 500)} {
				switch at(p, "in") {
				case "path":
					a := who.raw(o.method, strings.Replace(broken(name), "marker", value, 1), nil, "If-Match", `"1"`)
					a.refusesWell()
					require.GreaterOrEqual(t, a.status, 400, a.what)
				case "query":
					who.raw(o.method, broken("")+"?"+name+"="+value, nil).refusesWell()
				case "header":
					who.raw(o.method, broken(""), []byte("{}"), name, value).refusesWell()
				case "cookie":
					w.nobody.raw(o.method, broken(""), nil, "Cookie", name+"="+value).refusesWell()
				}
			}
		}
	}
}

func TestEachFaultIsNamedByItsPlace(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		who        *person
		path, body string
		places     []string
	}{
		{w.nobody, "/session", `{}`, []string{"/email", "/password"}},
		{w.nobody, "/session", `{"email": 5, "password": []}`, []string{"/email", "/password"}},
		{w.carol, "/branches", `{"id": "x", "name": 5, "position": {"lat": "x"}, "managers": ["x", 5], "a/b~c": 1}`,
			[]string{"/id", "/name", "/position/lat", "/position/lon", "/managers/0", "/managers/1", "/a~1b~0c"}},
		{w.carol, "/checklists", `{"id": "x", "document": {"title": 5}}`, []string{"/id", "/document/title", "/document/languages", "/document/sections"}},
		{w.carol, "/checklists", `{"document": {}}`, []string{"/id"}},
		{w.carol, "/checklists/" + uuid.NewString() + "/copy", `{"id": 5}`, []string{"/id"}},
		{w.sam, "/evaluations", `{"answers": 5}`, []string{"/answers"}},
		{w.sam, "/evaluations", `{"id": 5, "answers": {}, "moments": [{"id": "in", "at": 5}], "photos": [{"sha256": "x", "position": {"lat": "x", "lon": 1}}]}`,
			[]string{"/id", "/moments/0/at", "/photos/0/position/lat"}},
		{w.sam, "/evaluations", `{}`, []string{"/answers", "/id", "/visit_id", "/begun", "/finished"}},
	} {
		faults := c.who.raw("POST", "/api/v1"+c.path, []byte(c.body)).isProblem(422, "invalid").faults()
		require.ElementsMatch(t, c.places, slices.Collect(maps.Keys(faults)), "%s %s: %v", c.path, c.body, faults)
	}
	faults := w.carol.raw("GET", "/api/v1/visits?from=x&limit=x&branch=x", nil).isProblem(422, "invalid").faults()
	require.ElementsMatch(t, []string{"from", "limit", "branch"}, slices.Collect(maps.Keys(faults)))
}

func TestEveryFaultSaysWhatWouldBeRight(t *testing.T) {
	w := newWorld(t)
	question := func(screening string) string {
		return `{"id": "` + uuid.NewString() + `", "screening": [` + screening + `]}`
	}
	for _, c := range []struct {
		who                       *person
		method, path, body, place string
		says                      string
	}{
		{w.nobody, "POST", "/session", `{"email": 5, "password": "x"}`, "/email", "must be a text"},
		{w.nobody, "POST", "/session", `{"email": "x"}`, "/password", "is missing"},
		{w.nobody, "POST", "/session", `{"email": "x", "password": "x", "remember": true}`, "/remember", "is not known here: leave it out"},
		{w.nobody, "POST", "/session", `{"email": "x", "password": "` + strings.Repeat("ł", 1001) + `"}`, "/password", "must have at most 1000 characters"},
		{w.nobody, "POST", "/session", `["x"]`, "", "must be an object"},
		{w.carol, "POST", "/branches", `{"id": "x"}`, "/id", "must be a UUID such as 3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44"},
		{w.carol, "POST", "/branches", `{"position": {"lat": "x"}}`, "/position/lat", "must be a number"},
		{w.carol, "POST", "/branches", `{"managers": "x"}`, "/managers", "must be a list"},
		{w.carol, "POST", "/branches", `{"competitor": "x"}`, "/competitor", "must be true or false"},
		{w.carol, "POST", "/visits/many", `{"round": {"branch_ids": []}}`, "/round/branch_ids", "must have 1 or more entries"},
		{w.carol, "POST", "/studies", question(`{"id": "Retail?"}`), "/screening/0/id", "must be a word of small letters, digits, - and _"},
		{w.carol, "POST", "/studies", question(`{"options": [{}]}`), "/screening/0/options", "must have 2 or more entries"},
		{w.carol, "POST", "/studies", question(strings.Repeat("{},", 20) + "{}"), "/screening", "must have at most 20 entries"},
		{w.carol, "GET", "/users?role=cook", "", "role", "must be one of shopper, manager, moderator, coordinator, admin"},
		{w.carol, "GET", "/users?search=" + strings.Repeat("x", 101), "", "search", "must have at most 100 characters"},
		{w.carol, "GET", "/users?limit=201", "", "limit", "must be at most 200"},
		{w.carol, "GET", "/visits?from=monday", "", "from", "must be an instant such as 2026-11-21T09:30:00Z (RFC 3339)"},
		{w.carol, "GET", "/visits?branch=harbour", "", "branch", "must be a UUID such as 3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44"},
		{w.carol, "GET", "/branches?overview=perhaps", "", "overview", "must be true or false"},
		{w.carol, "POST", "/participants/" + uuid.NewString() + "/consents", `{"given_at": "monday"}`, "/given_at", "must be an instant such as 2026-11-21T09:30:00Z (RFC 3339)"},
		{w.carol, "POST", "/targets", `{"by": "monday"}`, "/by", "must be a day such as 2026-11-21"},
	} {
		faults := c.who.raw(c.method, "/api/v1"+c.path, []byte(c.body)).isProblem(422, "invalid").faults()
		require.Equal(t, c.says, faults[c.place], "%s %s: %v", c.path, c.body, faults)
	}
}

func TestALengthIsCountedInCharacters(t *testing.T) {
	w := newWorld(t)
	signIn := func(length int) *answer {
		return w.nobody.post("/session", body{"email": "x", "password": strings.Repeat("ł", length)})
	}
	signIn(1000).isProblem(401, "sign-in-refused")
	signIn(1001).isProblem(422, "invalid")
}

func TestOfAHundredThousandFaultsAHundredAreTold(t *testing.T) {
	w := newWorld(t)
	var text strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&text, `"p%d": 1, `, i)
	}
	a := w.nobody.raw("POST", "/api/v1/session", []byte("{"+text.String()+`"email": 1}`)).isProblem(422, "invalid")
	require.Len(t, a.faults(), 100)
}

func TestTextsThatNoDatabaseKeepsAreRefusedWhereverTheyCome(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/v1/users/%00", "/api/v1/users/%ff", "/api/v1/users?search=%00", "/api/v1/users?search=a%ffb", "/api/v1/users?%00=1", "/api/v1/users?cursor=%c3%28", "/%00", "/api/docs/%ff"} {
		w.carol.raw("GET", path, nil).isProblem(422, "invalid")
	}
	v := w.accepted(w.publish(branchVisit()))
	for _, c := range []struct {
		who        *person
		path, body string
	}{
		{w.carol, "/users", `{"id": "` + uuid.NewString() + `", "email": "a@example.org", "roles": ["shopper"], "name": "%s"}`},
		{w.carol, "/branches", `{"id": "` + uuid.NewString() + `", "code": "X", "name": "%s", "address": "", "zone": "Europe/Warsaw"}`},
		{w.carol, "/checklists", `{"id": "` + uuid.NewString() + `", "document": {"title": "%s", "sections": []}}`},
		{w.carol, "/participants", `{"id": "` + uuid.NewString() + `", "language": "pl", "zone": "Europe/Warsaw", "name": "%s"}`},
		{w.sam, v.path("/decline"), `{"reason": "%s"}`},
		{w.sam, "/evaluations", `{"id": "` + uuid.NewString() + `", "visit_id": "` + v.id.String() + `", "answers": {"words": "%s"}}`},
		{w.nobody, "/session", `{"email": "%s", "password": "x"}`},
		{w.nobody, "/session", `{"email": "x", "password": "%s"}`},
		{w.nobody, "/password-reset", `{"email": "%s"}`},
	} {
		for _, text := range []string{`\u0000`, `a\\\u0000`, "\x00", "\xff", "\xc3\x28", "\xed\xa0\x80"} {
			a := c.who.raw("POST", "/api/v1"+c.path, []byte(strings.Replace(c.body, "%s", text, 1)))
			require.Contains(t, []int{400, 422}, a.status, "%s %q: %s", c.path, text, a.body)
		}
	}
	w.carol.raw("POST", "/api/v1/users/import", []byte("email,name,roles\na@example.org,\xff,shopper\n")).is(422)
	w.carol.raw("POST", "/api/v1/branches/import", []byte("code,name,zone\nX,a\x00b,Europe/Warsaw\n")).is(422)

	// What only looks like one is a text like any other.
	id := uuid.NewString()
	w.carol.raw("POST", "/api/v1/branches", []byte(`{"id": "`+id+`", "code": "Y", "name": "C:\\u0000 😀 Ж", "address": "", "zone": "Europe/Warsaw"}`)).is(201)
	require.Equal(t, `C:\u0000 😀 Ж`, w.carol.get("/branches/" + id).is(200).object()["name"])
}

func TestHeadersMayHoldAnything(t *testing.T) {
	w := newWorld(t)
	for _, value := range []string{"\xff\xfe", "é", strings.Repeat("x", 4000), `"`, "*/*;q=x"} {
		for _, name := range []string{"Accept", "Accept-Language", "User-Agent", "X-Forwarded-For", "Origin", "Range", "If-None-Match", "Cookie", "X-HTTP-Method-Override"} {
			w.carol.raw("GET", "/api/v1/me", nil, name, value).is(200)
		}
		require.Less(t, w.carol.raw("PATCH", "/api/v1/me", []byte("{}"), "If-Match", value).isProblem(422, "invalid").status, 500)
	}
	w.writes("GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n").refusesWell()
}

func TestAnEditNeedsTheETagThatWasRead(t *testing.T) {
	w := newWorld(t)
	for tag, status := range map[string]int{
		`"1"`: 200, `W/"1"`: 200, `1`: 200, ` "1" `: 200,
		`"0"`: 412, `"2"`: 412, `"-1"`: 412, `"9223372036854775807"`: 412,
		`*`: 422, `"1", "2"`: 422, `"x"`: 422, `"1.0"`: 422, `"9223372036854775808"`: 422, `""`: 422, `W/`: 422,
	} {
		a := w.sam.send("PATCH", "/me", body{}, "If-Match", tag).is(status)
		switch status {
		case 200:
			require.Equal(t, `"1"`, a.header.Get("ETag"), "nothing was changed")
		case 412:
			require.Equal(t, "urn:fieldcare:changed", a.object()["type"])
		case 422:
			require.Contains(t, a.faults(), "If-Match")
		}
	}
	require.Equal(t, map[string]string{"If-Match": "is missing"}, w.sam.send("PATCH", "/me", body{}).is(422).faults())

	first := w.sam.send("PATCH", "/me", body{"name": "Samuel"}, "If-Match", `"1"`).is(200)
	require.Equal(t, `"2"`, first.header.Get("ETag"))
	w.sam.send("PATCH", "/me", body{"name": "Sammy"}, "If-Match", `"1"`).is(412)
	require.Equal(t, "Samuel", w.sam.get("/me").is(200).object()["name"])
}

func TestAListIsBounded(t *testing.T) {
	w := newWorld(t)
	for _, list := range []string{"/users", "/audit", "/mails", "/branches", "/checklists", "/visits", "/evaluations", "/participants"} {
		for limit, fault := range map[string]string{"0": "must be at least 1", "-1": "must be at least 1", "201": "must be at most 200",
			"x": "must be a whole number", "1.5": "must be a whole number", "99999999999999999999": "must be a whole number"} {
			require.Equal(t, map[string]string{"limit": fault}, w.ada.get(list+"?limit="+limit).is(422).faults(), list)
		}
		for _, limit := range []string{"1", "200", ""} {
			require.LessOrEqual(t, len(w.ada.get(list+"?limit="+limit).is(200).items()), 200)
		}
		for _, cursor := range []string{"x", "!", "W10", "bnVsbA", "WzFd", "WyJhIl0", "eyJhIjoxfQ", "WyJhIiwiYiIsImMiLCJkIl0", "WyJcdTAwMDAiLCJcdTAwMDAiXQ", "W3t9LHt9XQ", "W251bGwsbnVsbF0"} {
			a := w.ada.get(list + "?cursor=" + cursor)
			require.Contains(t, []int{200, 422}, a.status, "%s: %s", a.what, a.body)
			if a.status == 422 {
				require.Contains(t, a.faults(), "cursor", a.what)
			}
		}
	}
	require.Len(t, w.ada.get("/users?limit=2").is(200).items(), 2)
}
