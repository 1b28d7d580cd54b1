package handlers_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
)

// asInstalled are the settings that nobody has changed yet.
func asInstalled() body {
	return body{"organisation": "Fieldcare", "accent": "#0b686e", "language": "en", "currency": "EUR", "rotation_days": 60.0, "report_deadline_minutes": 1440.0,
		"customer_care": map[string]any{"champion": "", "text": ""},
		"retention":     map[string]any{"claims_days": 180.0, "photos_days": 30.0, "mail_days": 30.0, "audit_months": 24.0},
		"edition":       0.0}
}

func TestSettingsAreReadByCoordinatorsAndChangedByAdmins(t *testing.T) {
	w := newWorld(t)
	read := w.carol.get("/settings").is(200)
	require.Equal(t, asInstalled(), read.object())
	require.Equal(t, `"0"`, read.header.Get("ETag"))

	changed := w.ada.patch("/settings", 0, body{"organisation": "Northwind Coffee", "accent": "#7A1F3D", "language": "pl_PL", "rotation_days": 90,
		"customer_care": body{"champion": " Head of Customer Care ", "text": "We answer within two days.\n\nAlways."},
		"retention":     body{"claims_days": 90, "photos_days": 7, "mail_days": 1, "audit_months": 120}}).is(200)
	require.Equal(t, `"1"`, changed.header.Get("ETag"))
	require.Equal(t, body{"organisation": "Northwind Coffee", "accent": "#7a1f3d", "language": "pl-PL", "currency": "EUR", "rotation_days": 90.0, "report_deadline_minutes": 1440.0,
		"customer_care": map[string]any{"champion": "Head of Customer Care", "text": "We answer within two days.\n\nAlways."},
		"retention":     map[string]any{"claims_days": 90.0, "photos_days": 7.0, "mail_days": 1.0, "audit_months": 120.0},
		"edition":       1.0}, changed.object(), "what is absent stays")
	require.Equal(t, changed.object(), w.carol.get("/settings").is(200).object())
	w.ada.patch("/settings", 0, body{"currency": "PLN"}).refuses(412, "read it again")
	w.carol.patch("/settings", 1, body{"currency": "PLN"}).is(403)
	w.max.get("/settings").is(403)

	last := w.ada.get("/audit?kind=settings").is(200).items()[0]
	require.Equal(t, []any{"organisation", "accent", "language", "rotation_days", "customer_care", "retention"}, last["fields"])
	require.NotContains(t, jsonText(last), "Northwind")
}

func TestEachFaultOfTheSettingsIsNamedWithWhatWouldBeRight(t *testing.T) {
	w := newWorld(t)
	faults := w.ada.patch("/settings", 0, body{"organisation": "", "accent": "teal", "language": "not a language", "currency": "zł", "rotation_days": -1, "report_deadline_minutes": 0,
		"customer_care": body{"champion": "Kim\nand Max", "text": "x"},
		"retention":     body{"claims_days": 29, "photos_days": 6, "mail_days": 0, "audit_months": 5}}).is(422).faults()
	for pointer, says := range map[string]string{"/organisation": "1 to 120 characters", "/accent": "such as #0b686e", "/language": "language tag (BCP 47) such as en or pl",
		"/currency": "ISO 4217", "/rotation_days": "from 0 to 3650", "/report_deadline_minutes": "from 1 to 43200", "/customer_care/champion": "at most 120 characters, on one line",
		"/retention/claims_days": "number of days from 30 to 3650", "/retention/photos_days": "days from 7 to 365", "/retention/mail_days": "days from 1 to 365",
		"/retention/audit_months": "number of months from 6 to 120"} {
		require.Contains(t, faults[pointer], says, pointer)
		delete(faults, pointer)
	}
	require.Empty(t, faults)

	for pointer, wrong := range map[string][]any{
		"/organisation":           {strings.Repeat("x", 121), 7},
		"/accent":                 {"", "#0b686", "#0b686e0", "0b686e", "#0b686g", "#ffffff", "#777777", "#76767", 7},
		"/language":               {"", "und", "e", "klingonese!", strings.Repeat("x", 36)},
		"/currency":               {"", "eur", "EURO"},
		"/customer_care":          {"Kim", []string{}},
		"/customer_care/champion": {body{"champion": strings.Repeat("ł", 121), "text": ""}, body{"text": ""}},
		"/customer_care/text":     {body{"champion": "", "text": strings.Repeat("ł", 4001)}, body{"champion": ""}},
		"/retention/claims_days":  {retention(body{"claims_days": 3651}), retention(body{"claims_days": "180"}), retention(body{"claims_days": 30.5}), body{"photos_days": 30, "mail_days": 30, "audit_months": 24}},
		"/retention/photos_days":  {retention(body{"photos_days": 366})},
		"/retention/mail_days":    {retention(body{"mail_days": 366}), retention(body{"mail_days": -1})},
		"/retention/audit_months": {retention(body{"audit_months": 121})},
		"/retention/ledger_years": {retention(body{"ledger_years": 10})},
	} {
		for _, value := range wrong {
			faults := w.ada.patch("/settings", 0, body{strings.Split(pointer, "/")[1]: value}).is(422).faults()
			require.Len(t, faults, 1, "%s: %v", pointer, value)
			require.NotEmpty(t, faults[pointer], "%s: %v: %v", pointer, value, faults)
		}
	}
	require.Equal(t, asInstalled(), w.carol.get("/settings").is(200).object())

	for _, right := range []body{{"accent": "#000000"}, {"accent": "#767676"}, {"language": "el"}, {"language": "sr-Latn-RS"},
		{"retention": retention(body{"claims_days": 30, "photos_days": 7, "mail_days": 1, "audit_months": 6})},
		{"retention": retention(body{"claims_days": 3650, "photos_days": 365, "mail_days": 365, "audit_months": 120})},
		{"customer_care": body{"champion": strings.Repeat("ł", 120), "text": strings.Repeat("ł", 4000)}}} {
		w.ada.send("PATCH", "/settings", right, "If-Match", w.ada.get("/settings").header.Get("ETag")).is(200)
	}
}

func retention(more body) body {
	r := body{"claims_days": 180, "photos_days": 30, "mail_days": 30, "audit_months": 24}
	for k, v := range more {
		r[k] = v
	}
	return r
}

func TestAnAccentThatCannotBeReadIsToldWhatWouldBe(t *testing.T) {
	w := newWorld(t)
	fault := w.ada.patch("/settings", 0, body{"accent": "#FFA500"}).is(422).faults()["/accent"]
	require.Contains(t, fault, "at least 4.5:1 against white")
	require.Contains(t, fault, "has 1.97:1")
	offered := fault[strings.Index(fault, "#"):][:7]
	require.Equal(t, offered, w.ada.patch("/settings", 0, body{"accent": offered}).is(200).object()["accent"])
}

func TestSettingsThatAreOlderThanASettingHaveItsDefault(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.server.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO settings (id, document, edition) VALUES (1, ?, 3)",
			`{"organisation":"Northwind","currency":"PLN","rotation_days":30,"report_deadline_minutes":60,"edition":3}`).Exec(ctx)
		return err
	}))
	want := asInstalled()
	want["organisation"], want["currency"], want["rotation_days"], want["report_deadline_minutes"], want["edition"] = "Northwind", "PLN", 30.0, 60.0, 3.0
	require.Equal(t, want, w.carol.get("/settings").is(200).object())
	want["rotation_days"], want["edition"] = 31.0, 4.0
	require.Equal(t, want, w.ada.patch("/settings", 3, body{"rotation_days": 31}).is(200).object())
}

func TestOfAdminsWhoChangeTheSettingsAtOnceOneIsHeard(t *testing.T) {
	w := newWorld(t)
	w.ada.get("/me").is(200)
	statuses := make([]int, 6)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = w.ada.patch("/settings", 0, body{"rotation_days": i}).status })
	}
	all.Wait()
	require.ElementsMatch(t, []int{200, 412, 412, 412, 412, 412}, statuses)
	require.Equal(t, 1.0, w.ada.get("/settings").object()["edition"])
}

func TestWhoIsAddedWithoutALanguageHasThatOfTheOrganisation(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"language": "pl"}).is(200)
	sent := newShopper(nil)
	delete(sent, "language")
	require.Equal(t, "pl", w.carol.post("/users", sent).is(201).object()["language"])
	require.Equal(t, "el", w.carol.post("/users", newShopper(body{"id": uuid.New(), "email": "eleni@example.org", "language": "el"})).is(201).object()["language"])

	w.carol.post("/users/import", "email,name,roles,language\nola@example.org,Ola,shopper,\npia@example.org,Pia,shopper,cs\n").is(200)
	for name, language := range map[string]string{"ola": "pl", "pia": "cs"} {
		require.Equal(t, language, w.carol.get("/users?search=" + name).is(200).items()[0]["language"])
	}
	require.Equal(t, "en", w.sam.get("/me").is(200).object()["language"], "who is there already keeps theirs")
}
