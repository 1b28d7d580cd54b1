package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun/dialect"
)

// What becomes of each column of a row about a participant: told and forgotten (what somebody wrote, or what says who
// they are) is in their data file and gone when they are erased; told and kept (what counts and ledgers need, and the
// proof of a consent) is in the file and stays; forgotten is a copy for searching, gone too; and the rest are keys, counts
// and those of the staff.
const (
	forgotten = "told and forgotten"
	kept      = "told and kept"
	copied    = "forgotten"
	inner     = ""
)

var heldColumns = map[string]map[string]string{
	"participants": {"id": inner, "name": forgotten, "folded": copied, "email": forgotten, "email_folded": copied, "phone": forgotten, "phone_digits": copied, "language": forgotten, "zone": forgotten,
		"household": forgotten, "employer": forgotten, "notes": forgotten, "tags": forgotten, "attributes": forgotten, "facets": copied, "do_not_contact": inner, "generation": inner,
		"erased_at": inner, "erased_by": inner, "erased_reason": inner, "created_at": kept, "edition": inner},
	"participant_needs": {"participant_id": inner, "access": forgotten, "diet": forgotten},
	"consents": {"id": inner, "participant_id": inner, "scope": inner, "wording": kept, "version": kept, "language": kept, "given_at": kept, "recorded_by": inner,
		"withdrawn_at": kept},
	"invitations": {"id": inner, "focus_group_id": inner, "participant_id": inner, "state": inner, "generation": inner, "override": forgotten, "screening": forgotten, "sent_at": kept, "answer_by": kept,
		"waitlisted_at": kept, "accepted_at": kept, "confirmed_at": kept, "calendar_uid": inner, "calendar_sent": inner, "sequence": inner, "created_at": kept, "edition": inner, "walk_in": inner},
	"invitation_moves": {"id": inner, "invitation_id": inner, "at": kept, "party": inner, "actor_id": inner, "from_state": kept, "to_state": kept, "reason": forgotten},
	"seat_decisions":   {"id": inner, "invitation_id": inner, "at": kept, "offered": inner, "reason": forgotten},
	"calls":            {"id": inner, "invitation_id": inner, "at": kept, "by_id": inner, "outcome": inner, "note": forgotten},
	"attendance": {"id": inner, "invitation_id": inner, "number": inner, "content_hash": inner, "outcome": inner, "arrived_at": kept, "left_at": kept, "struck_out": forgotten, "note": forgotten,
		"recorded_at": kept, "received_at": inner, "recorded_by": inner},
	"costs": {"id": inner, "focus_group_id": inner, "kind": inner, "text": forgotten, "planned": inner, "actual": inner, "currency": kept, "rate": inner, "rate_day": inner, "participant_id": inner,
		"rule": inner, "paid_at": kept, "paid_by": inner, "created_at": inner, "edition": inner},
	"cost_payments": {"id": inner, "cost_id": inner, "at": kept, "by_id": inner, "paid": inner, "reason": forgotten},
	"receipts":      {"id": inner, "cost_id": inner, "kind": inner, "uploaded_hash": inner, "stored_hash": inner, "bytes": inner, "added_at": kept, "added_by": inner, "ended_at": kept},
	"mails": {"id": inner, "template": kept, "to_id": inner, "about": inner, "key": inner, "state": inner, "send_at": inner, "message_id": inner, "address": forgotten, "subject": forgotten,
		"body": forgotten, "attempts": inner, "last_error": forgotten, "at": kept},
}

// refersToSomebody are the names of columns that lead to a participant.
var refersToSomebody = map[string]bool{"participant_id": true, "invitation_id": true, "cost_id": true}

// columns are those of every table.
func (w *world) columns() map[string][]string {
	w.Helper()
	list := "SELECT m.name AS of, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2"
	if w.server.DB.Read().Dialect().Name() == dialect.PG {
		list = `SELECT table_name AS "of", column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2`
	}
	var rows []struct{ Of, Name string }
	require.NoError(w, w.server.DB.Read().NewRaw(list).Scan(w.Context(), &rows))
	columns := map[string][]string{}
	for _, row := range rows {
		columns[row.Of] = append(columns[row.Of], row.Name)
	}
	return columns
}

func TestEveryColumnAboutAParticipantIsInTheirDataFileAndWhatWasWrittenIsForgotten(t *testing.T) {
	w := newWorld(t)
	columns := w.columns()
	for table, names := range columns {
		about := heldColumns[table] != nil
		for _, name := range names {
			about = about || refersToSomebody[name]
		}
		for _, name := range names {
			_, said := heldColumns[table][name]
			require.Equal(t, about, said, "say in heldColumns what becomes of %s.%s when a participant asks for their data, and when they are erased", table, name)
		}
	}

	petra := w.panellist("Petra", w.attribute("Drinks"))
	w.carol.put(petra.path("/needs"), body{"access": "Step-free", "diet": "No nuts"}).is(200)
	past := w.seat(petra.id, "accepted", "closed", w.clock.now().Add(-48*time.Hour))
	const ofHers = " FROM invitations WHERE focus_group_id = ?"
	w.run("INSERT INTO calls (id, invitation_id, at, by_id, outcome, note) SELECT ?, id, 5, ?, 'reached', ''"+ofHers, uuid.New(), w.carol.id, past)
	w.run("INSERT INTO seat_decisions (id, invitation_id, at, offered, reason) SELECT ?, id, 5, TRUE, ''"+ofHers, uuid.New(), past)
	w.run("INSERT INTO invitation_moves (id, invitation_id, at, party, from_state, to_state, reason) SELECT ?, id, 5, 'participant', 'sent', 'accepted', ''"+ofHers, uuid.New(), past)
	w.run("INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, struck_out, note, recorded_at, received_at, recorded_by) SELECT ?, id, 1, '', 'took_part', '', '', 5, 5, ?"+ofHers, uuid.New(), w.moe.id, past)
	cost := uuid.New()
	w.run("INSERT INTO costs (id, focus_group_id, kind, text, actual, currency, rate, rate_day, participant_id, rule, created_at, edition) VALUES (?, ?, 'travel', '', 1250, 'PLN', 1000000, '', ?, '', 1, 1)", cost, past, petra.id)
	w.run("INSERT INTO cost_payments (id, cost_id, at, by_id, paid, reason) VALUES (?, ?, 5, ?, FALSE, '')", uuid.New(), cost, w.carol.id)
	w.run("INSERT INTO receipts (id, cost_id, kind, uploaded_hash, stored_hash, bytes, added_at, added_by) VALUES (?, ?, 'pdf', '', '', 1, 5, ?)", uuid.New(), cost, w.carol.id)
	w.run("INSERT INTO mails (id, template, to_id, about, state, message_id, address, subject, body, attempts, last_error) VALUES (?, '', ?, '{}', 'kept', '', '', '', '', 1, '')", uuid.New(), petra.id)

	moment, marks := 0, map[string]string{}
	for table, names := range heldColumns {
		for name, fate := range names {
			if fate == inner {
				continue
			}
			mark, only := "|"+table+"."+name+"|", ""
			var value any = mark
			switch {
			case strings.HasSuffix(name, "_at"), name == "at", name == "answer_by":
				moment++
				at := time.Date(2026, 11, 1, 0, 0, moment, 0, time.UTC)
				mark, value = at.Format(time.RFC3339), at.UnixMicro()
			case name == "tags":
				value = jsonText([]string{mark})
			case name == "screening":
				value = jsonText(body{"q": mark})
			case name == "attributes":
				value = jsonText(body{petra.attribute.String(): mark})
			}
			if table == "mails" {
				only = " WHERE to_id = '" + petra.id.String() + "'"
			}
			w.run(fmt.Sprintf("UPDATE %s SET %s = ?%s", table, name, only), value)
			marks[table+"."+name] = mark
		}
	}
	other := w.participant(participant("Olek", nil))
	w.run("UPDATE participants SET email_folded = (SELECT email_folded FROM participants WHERE id = ?) WHERE id = ?", petra.id, other)

	file := string(w.carol.get(petra.path("/data")).is(200).body)
	require.NotContains(t, file, "Olek", "who has the same e-mail is another person")
	for column, mark := range marks {
		table, name, _ := strings.Cut(column, ".")
		if heldColumns[table][name] != copied {
			require.Contains(t, file, mark, "%s is not in the data file", column)
		}
	}
	w.run("UPDATE participants SET email_folded = '' WHERE id = ?", other)
	w.carol.post(petra.path("/erase"), body{"reason": "By letter"}).is(200)
	for column, mark := range marks {
		table, name, _ := strings.Cut(column, ".")
		if fate := heldColumns[table][name]; fate != kept {
			require.NotContains(t, w.everything(table), mark, "%s outlives its participant", column)
		}
	}
}
