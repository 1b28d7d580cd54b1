package handlers_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// workbook is an XLSX file with these cells.
func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		require.NoError(t, err)
		require.NoError(t, book.SetSheetRow("Sheet1", at, &row))
	}
	var out bytes.Buffer
	require.NoError(t, book.Write(&out))
	return out.Bytes()
}

func TestDaysOfAWorkbookThatCountsFrom1904AreReadAsTheyAreShown(t *testing.T) {
	w := newWorld(t)
	w.carol.post("/attributes", body{"id": uuid.New(), "name": "Born", "type": "date"}).is(201)
	days := []string{"1904-01-02", "1990-05-31", "2026-11-30"}
	for _, since1904 := range []bool{false, true} {
		book := excelize.NewFile()
		require.NoError(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}))
		require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]any{"name", "born"}))
		for i, day := range days {
			at, err := time.Parse(time.DateOnly, day)
			require.NoError(t, err)
			require.NoError(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &[]any{"Guest", at}))
		}
		var file bytes.Buffer
		require.NoError(t, book.Write(&file))
		require.NoError(t, book.Close())
		var read []string
		for _, line := range w.previews(file.Bytes(), "language", "pl", "zone", "Europe/Warsaw").is(200).object()["first"].([]any) {
			for _, value := range line.(map[string]any)["attributes"].(map[string]any) {
				read = append(read, value.(string))
			}
		}
		require.Equal(t, days, read, since1904)
	}
}

func (w *world) imports(file []byte, more ...string) *answer {
	w.Helper()
	return w.carol.send("POST", "/participants/import?id="+uuid.NewString()+"&"+queryOf(more...), file)
}

func (w *world) previews(file []byte, more ...string) *answer {
	w.Helper()
	return w.carol.send("POST", "/participants/import/preview?"+queryOf(more...), file)
}

func TestAnImportIsSeenBeforeItIsMadeAndMadeOnce(t *testing.T) {
	w := newWorld(t)
	w.attribute("Drinks")
	petra := w.participant(participant("Petra", body{"email": "petra@panel.example", "phone": "+48 600 100 200"}))
	file := []byte("Name;E-mail\n")
	w.imports(file).refuses(422, `the column \"e-mail\" is not known`)

	file = []byte("\uFEFFname,EMAIL,phone,tags,do_not_contact,drinks\r\nOlek,olek@panel.example,'+48 600 555 111,\"early; parent\",yes,TEA\r\n" +
		"Paula,PETRA@panel.example,,,,\r\nIga,,0048 600100200,,no,coffee\r\nOlek again,Olek@panel.example,,,,\r\n")
	preview := w.previews(file, "language", "pl", "zone", "Europe/Warsaw").is(200).object()
	require.Equal(t, []any{4.0, 4.0, []any{}}, []any{preview["lines"], preview["added"], preview["faults"]})
	require.Equal(t, []any{
		map[string]any{"line": 3.0, "same": "email", "participant_id": petra.String(), "name": "Petra"},
		map[string]any{"line": 4.0, "same": "phone", "participant_id": petra.String(), "name": "Petra"},
		map[string]any{"line": 5.0, "same": "email", "other_line": 2.0, "name": "Olek"},
	}, preview["duplicates"])
	require.Equal(t, []string{"Petra"}, names(w.carol.get("/participants").is(200).items()), "a preview adds nobody")
	require.Equal(t, 1.0, w.previews(file, "language", "pl", "zone", "Europe/Warsaw", "leave_out_duplicates", "true").is(200).object()["added"])

	path := "/participants/import?leave_out_duplicates=true&language=pl&zone=Europe/Warsaw&id=" + uuid.NewString()
	for _, status := range []int{201, 200} {
		require.Equal(t, body{"added": 1.0}, w.carol.send("POST", path, file).is(status).object())
	}
	w.carol.send("POST", strings.Replace(path, "true", "false", 1), file).isProblem(409, "id-taken")
	found := w.carol.get("/participants?contact=refused").is(200).items()
	require.Equal(t, []string{"Olek"}, names(found))
	olek := w.carol.get("/participants/" + found[0]["id"].(string)).is(200).object()
	require.Equal(t, []any{"+48 600 555 111", []any{"early", "parent"}}, []any{olek["phone"], olek["tags"]})
}

func TestAFileWithAFaultAddsNobodyAndAllFaultsAreToldByLine(t *testing.T) {
	w := newWorld(t)
	w.attribute("Drinks")
	file := []byte("name,email,language,zone,drinks,do_not_contact\nOlek,olek@panel.example,pl,Europe/Warsaw,tea,\n,not an address,pl,Mars,water,perhaps\nIga,iga@panel.example,pl\n")
	type place struct {
		Line    int
		Pointer string
	}
	var refused struct{ Errors []place }
	w.imports(file).isProblem(422, "invalid").into(&refused)
	var previewed struct {
		Added  int
		Faults []place
	}
	w.previews(file).is(200).into(&previewed)
	for _, told := range [][]place{refused.Errors, previewed.Faults} {
		require.Equal(t, []place{{3, "name"}, {3, "email"}, {3, "zone"}, {3, "do_not_contact"}, {3, "drinks"}, {4, ""}}, told)
	}
	require.Zero(t, previewed.Added)
	require.Empty(t, w.carol.get("/participants").is(200).items())
}

func TestAWorkbookIsReadAsItIsShown(t *testing.T) {
	w := newWorld(t)
	born, often := uuid.New(), uuid.New()
	w.carol.post("/attributes", body{"id": born, "type": "date", "name": "Born"}).is(201)
	w.carol.post("/attributes", body{"id": often, "type": "number", "name": "Visits"}).is(201)
	file := workbook(t, []any{"name", "phone", "language", "zone", "born", "visits", "notes"}, []any{}, []any{"Ωμέγα 😀", 48600100200, "el", "Europe/Athens", time.Date(1990, 5, 31, 0, 0, 0, 0, time.UTC), 0.1, "=1+1"})
	require.Equal(t, body{"added": 1.0}, w.imports(file).is(201).object())
	found := w.carol.get("/participants").is(200).items()
	p := w.carol.get("/participants/" + found[0]["id"].(string)).is(200).object()
	require.Equal(t, []any{"Ωμέγα 😀", "48600100200", "=1+1", map[string]any{born.String(): "1990-05-31", often.String(): "0.1"}}, []any{p["name"], p["phone"], p["notes"], p["attributes"]})

	var refused struct{ Errors []struct{ Line int } }
	w.imports(workbook(t, []any{"name", "language", "zone"}, []any{"Petra", "pl", "Europe/Warsaw"}, []any{}, []any{"Olek", "pl", "Mars"})).is(422).into(&refused)
	require.Equal(t, 4, refused.Errors[0].Line, "the line of the sheet")
}

func TestAFileThatIsNoTableIsRefusedAndABombIsNotUnpacked(t *testing.T) {
	w := newWorld(t)
	var bomb bytes.Buffer
	packed := zip.NewWriter(&bomb)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		part, err := packed.Create(name)
		require.NoError(t, err)
		for range 30 {
			_, err = part.Write(make([]byte, 1<<20))
			require.NoError(t, err)
		}
	}
	require.NoError(t, packed.Close())
	good := workbook(t, []any{"name", "language", "zone"}, []any{"Petra", "pl", "Europe/Warsaw"})
	for what, file := range map[string][]byte{"a bomb": bomb.Bytes(), "half a workbook": good[:len(good)/2], "only a head": []byte("PK\x03\x04"), "nothing but a header": []byte("name\n"),
		"NUL": []byte("name\na\x00"), "no text": {0xff, 0xfe}, "an open quote": []byte("name\n\"a"), "too wide": workbook(t, append(make([]any, 300), "name")),
		"too long": []byte("name,language,zone\n" + strings.Repeat("a,pl,Europe/Warsaw\n", 10_001))} {
		require.NotEmpty(t, w.imports(file).isProblem(422, "invalid").faults(), what)
		w.previews(file).isProblem(422, "invalid")
	}
	require.Empty(t, w.carol.get("/participants").is(200).items())
}

func TestAnExportIsNotedHoldsNoNeedsAndNoFormula(t *testing.T) {
	w := newWorld(t)
	p := w.panellist("Petra", w.attribute("Drinks"))
	w.carol.put(p.path("/needs"), body{"access": "Step-free", "diet": "No nuts"}).is(200)
	w.carol.patch(p.path(""), 1, body{"name": "=cmd|' /C calc'!A0", "phone": "+48 600 100 200"}).is(200)
	w.participant(participant("Olek", nil))
	csv := w.carol.get("/participants/export.csv").is(200)
	require.Equal(t, "\uFEFFname,email,phone,language,zone,household,employer,notes,tags,do_not_contact,Drinks\r\n"+
		"'=cmd|' /C calc'!A0,petra@panel.example,'+48 600 100 200,pl,Europe/Warsaw,,,,,no,tea\r\nOlek,olek@panel.example,,pl,Europe/Warsaw,,,,,no,\r\n", string(csv.body))
	require.NotContains(t, string(w.carol.get("/participants/export.csv?search=olek").is(200).body), "cmd")
	book, err := excelize.OpenReader(bytes.NewReader(w.carol.get("/participants/export.xlsx").is(200).body))
	require.NoError(t, err)
	defer book.Close()
	formula, err := book.GetCellFormula("Sheet1", "A2")
	require.NoError(t, err)
	require.Empty(t, formula)
	name, err := book.GetCellValue("Sheet1", "A2")
	require.NoError(t, err)
	require.Equal(t, "=cmd|' /C calc'!A0", name)
	for _, row := range w.ada.get("/audit?kind=participants").is(200).items() {
		require.Equal(t, []any{"export", w.carol.id.String()}, []any{row["action"], row["actor_id"]})
	}
	require.Equal(t, 5, w.counted("SELECT sum(subjects) FROM audit WHERE kind = 'participants'"), "two, one, and two")
}

func TestPetraGetsAllThatIsHeldOnHerAndIsForgotten(t *testing.T) {
	w := newWorld(t)
	p := w.panellist("Petra", w.attribute("Drinks"))
	w.carol.put(p.path("/needs"), body{"access": "Step-free", "diet": "No nuts"}).is(200)
	w.carol.patch(p.path(""), 1, body{"phone": "+48 600 100 200", "household": "Piękna 3", "employer": "Zakład Petry", "notes": "Comes by tram", "tags": []string{"early"}}).is(200)
	group := w.seat(p.id, "accepted", "scheduled", w.clock.now().Add(48*time.Hour))
	past := w.seat(p.id, "accepted", "closed", w.clock.now().Add(-48*time.Hour))
	w.seat(p.id, "sent", "scheduled", w.clock.now().Add(96*time.Hour))
	for _, g := range []uuid.UUID{group, past} {
		w.run("INSERT INTO calls (id, invitation_id, at, by_id, outcome, note) SELECT ?, id, 5, ?, 'reached', 'Petra is glad' FROM invitations WHERE focus_group_id = ?", uuid.New(), w.carol.id, g)
		w.run("INSERT INTO invitation_moves (id, invitation_id, at, party, from_state, to_state, reason) SELECT ?, id, 5, 'participant', 'sent', 'accepted', 'Petra said so' FROM invitations WHERE focus_group_id = ?", uuid.New(), g)
	}
	w.run("INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, struck_out, note, recorded_at, received_at, recorded_by) SELECT ?, id, 1, '', 'took_part', '', 'Petra was late', 5, 5, ? FROM invitations WHERE focus_group_id = ?", uuid.New(), w.moe.id, past)
	w.run("INSERT INTO costs (id, focus_group_id, kind, text, actual, currency, rate, rate_day, participant_id, rule, created_at, edition) VALUES (?, ?, 'travel', 'Taxi for Petra', 1250, 'PLN', 1000000, '', ?, '', 1, 1)", uuid.New(), past, p.id)
	w.run("INSERT INTO mails (id, template, to_id, about, state, message_id, address, subject, body, attempts, last_error) VALUES (?, 'invitation', ?, '{}', 'kept', '', 'petra@panel.example', 'Dear Petra', 'Dear Petra', 1, '')", uuid.New(), p.id)

	data := w.carol.get(p.path("/data")).is(200)
	for _, held := range []string{"petra@panel.example", "600 100 200", "Piękna 3", "Zakład Petry", "tram", "early", `"Drinks":"tea"`, "nuts", "You may quote", "Petra is glad", "Petra said so", "Petra was late", "Taxi for Petra", "Dear Petra", "knows Petra", `"q":`} {
		require.Contains(t, strings.ReplaceAll(string(data.body), `": "`, `":"`), held)
	}
	require.Contains(t, data.header.Get("Content-Disposition"), "attachment")

	w.carol.post(p.path("/erase"), body{"reason": " "}).is(422)
	w.carol.post(p.path("/erase"), body{"reason": "By letter"}).isProblem(409, "holds-seat").refuses(409, "Coffee at noon” (2026-11-26 18:00)")
	w.run("UPDATE invitations SET state = 'cancelled' WHERE focus_group_id = ?", group)
	erased := w.carol.post(p.path("/erase"), body{"reason": "By letter"}).is(200).object()
	require.Equal(t, []any{"Former participant", true, true, "", "", map[string]any{}, false}, []any{erased["name"], erased["erased"], erased["do_not_contact"], erased["email"], erased["phone"], erased["attributes"], erased["needs_kept"]})
	require.Equal(t, erased, w.carol.post(p.path("/erase"), body{"reason": "Again"}).is(200).object())

	after := string(w.carol.get(p.path("/data")).is(200).body)
	for _, gone := range []string{"etra", "600 100", "Piękna", "tram", "early", "nuts"} {
		require.NotContains(t, after, gone)
	}
	for _, table := range []string{"participants", "participant_needs", "invitations", "invitation_moves", "calls", "attendance", "costs", "mails"} {
		require.NotContains(t, w.everything(table), "etra", table)
	}
	require.Equal(t, 1, w.counted("SELECT count(*) FROM costs WHERE actual = 1250 AND participant_id = ?", p.id), "the ledger stays")
	require.Equal(t, 1, w.counted("SELECT count(*) FROM attendance WHERE outcome = 'took_part'"), "the count stays")
	require.Equal(t, 1, w.counted("SELECT count(*) FROM invitations i JOIN invitation_moves m ON m.invitation_id = i.id WHERE i.state = 'withdrawn' AND m.to_state = 'withdrawn' AND m.from_state = 'sent'"))
	require.Zero(t, w.counted("SELECT count(*) FROM consents WHERE withdrawn_at IS NULL"))

	require.Empty(t, w.carol.get("/participants").is(200).items())
	w.carol.patch(p.path(""), 3, body{"name": "Petra"}).isProblem(409, "erased")
	w.carol.put(p.path("/needs"), body{"access": "x", "diet": ""}).isProblem(409, "erased")
	w.carol.post(p.path("/consents"), consent("needs")).isProblem(409, "erased")
}

// everything is all that a table holds, as one text.
func (w *world) everything(table string) string {
	w.Helper()
	var rows []map[string]any
	require.NoError(w, w.server.DB.Read().NewRaw("SELECT * FROM "+table).Scan(w.Context(), &rows))
	return jsonText(rows)
}
