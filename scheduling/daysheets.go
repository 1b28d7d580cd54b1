package scheduling

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/walltime"
)

// DaySheet is the day sheet of a focus group for the viewer, or fault.ErrNotFound where the viewer may not have it. That
// a coordinator got the names and phones is noted in the audit trail.
func (s *Reports) DaySheet(ctx context.Context, viewer account.User, of Organisation, id uuid.UUID) (DaySheet, error) {
	from, now := s.DB.Read(), s.Clock()
	condition, args := daySheetOf(viewer)
	g, err := readReportRow(ctx, from, id, condition, args)
	if err != nil {
		return DaySheet{}, err
	}
	sheet := DaySheet{
		Organisation: of, Study: g.Study, Topic: g.Topic, When: whenInWords(g.Starts, g.Ends, g.Zone), Starts: g.Starts,
		Venue: g.Venue, Address: g.Address, Room: g.Room, Reference: g.Reference, Directions: g.Directions, Language: g.Language,
		Seats: g.Seats, Reserve: g.Reserve, Minimum: g.Minimum, Incentive: amountOf(g.Incentive, g.Currency), Contacts: viewer.Coordinates(),
	}
	zone, err := walltime.Zone(g.Zone)
	if err != nil {
		return DaySheet{}, err
	}
	sheet.AsOf = now.In(zone).Format("Monday 2 January 2006, 15:04")
	guide, err := g.guide()
	if err != nil {
		return DaySheet{}, err
	}
	sheet.Guide = timed(guide, g.Starts)
	if sheet.Moderators, err = g.moderators(ctx, from); err != nil {
		return DaySheet{}, err
	}
	if err := sheet.readPeople(ctx, from, id); err != nil {
		return DaySheet{}, err
	}
	if !sheet.Contacts {
		sheet.withoutContacts()
		return sheet, nil
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: viewer.ID, Action: "read-day-sheet", Kind: "focus-group", Subject: id.String()})
	})
	return sheet, err
}

// withoutContacts leaves first names.
func (s *DaySheet) withoutContacts() {
	for _, people := range [][]DaySheetPerson{s.Expected, s.Waiting} {
		for i := range people {
			people[i].Name, people[i].Phone, people[i].Needs = firstName(people[i].Name), "", false
		}
	}
}

// moderators are the names of the moderator and the assistants.
func (g reportRow) moderators(ctx context.Context, from bun.IDB) ([]string, error) {
	names := []string{g.Moderator}
	var assistants []uuid.UUID
	if err := json.Unmarshal([]byte(g.Assistants), &assistants); err != nil {
		return nil, fmt.Errorf("the assistants of group %s: %w", g.ID, err)
	}
	for _, id := range assistants {
		var name string
		if err := selectUserName.Row(ctx, from, id).Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func (s *DaySheet) readPeople(ctx context.Context, from bun.IDB, group uuid.UUID) error {
	rows, err := selectDaySheetPeople.Rows(ctx, from, group)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p DaySheetPerson
		var state string
		if err := rows.Scan(&state, &p.Name, &p.Phone, &p.Language, &p.Confirmed, &p.Needs); err != nil {
			return err
		}
		if p.Offered = state == "offered"; state == "accepted" {
			s.Expected = append(s.Expected, p)
		} else {
			s.Waiting = append(s.Waiting, p)
		}
	}
	return rows.Err()
}

var (
	selectUserName       = database.Prepared("SELECT name FROM users WHERE id = ?")
	selectDaySheetPeople = database.Prepared(`SELECT i.state, p.name, p.phone, p.language, i.confirmed_at IS NOT NULL,
		EXISTS (SELECT 1 FROM participant_needs n WHERE n.participant_id = p.id)
		AND EXISTS (SELECT 1 FROM consents c WHERE c.participant_id = p.id AND c.scope = 'needs' AND c.withdrawn_at IS NULL)
		FROM invitations i JOIN participants p ON p.id = i.participant_id
		WHERE i.focus_group_id = ? AND i.state IN ('accepted', 'offered', 'waitlisted')
		ORDER BY CASE i.state WHEN 'accepted' THEN 0 WHEN 'offered' THEN 1 ELSE 2 END,
			CASE WHEN i.state = 'accepted' THEN 0 ELSE i.waitlisted_at END, p.folded, i.id`)
)
