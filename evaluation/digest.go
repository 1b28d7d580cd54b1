package evaluation

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/mail"
	"fieldcare/internal/walltime"
)

// digest is what a manager's monthly mail is about: the month before, in the zone of the first of their branches by
// code. All their branches are told of in that one zone, so that months follow each other without a gap.
type digest struct {
	Month string `json:"month"` // 2026-11
	Zone  string `json:"zone"`
}

const monthLayout = "2006-01"

// nextDigest is when the next digest is sent, at 07:00 on the first of a month in the zone, and the month that it tells of.
func nextDigest(now time.Time, zone *time.Location) (at time.Time, month string) {
	local := now.In(zone)
	for m := local.Month(); ; m++ {
		at = time.Date(local.Year(), m, 1, morning, 0, 0, 0, zone)
		if at.After(now) {
			return at, at.AddDate(0, -1, 0).Format(monthLayout)
		}
	}
}

// bounds are the month's first instant and that of the month after.
func (d digest) bounds() (first, next time.Time, err error) {
	zone, err := walltime.Zone(d.Zone)
	if err != nil {
		return first, next, err
	}
	month, err := time.Parse(monthLayout, d.Month)
	if err != nil {
		return first, next, err
	}
	return walltime.DayBegins(month.Year(), month.Month(), 1, zone), walltime.DayBegins(month.Year(), month.Month()+1, 1, zone), nil
}

// orderDigests orders the next digest of everybody who chose it, long before it is due: it then comes also when nothing
// ran on the first of the month. There is one for a manager and month, ever.
func (l *Letters) orderDigests(ctx context.Context) error {
	now := l.Clock()
	var managers []struct {
		ID   uuid.UUID
		Zone string
	}
	err := l.DB.Read().NewRaw(`SELECT u.id, b.zone FROM users u JOIN branches b ON b.id =
			(SELECT f.id FROM branch_managers m JOIN branches f ON f.id = m.branch_id
			WHERE m.user_id = u.id AND f.archived_at IS NULL ORDER BY f.code LIMIT 1)
		WHERE u.monthly_digest AND (u.roles & ?) <> 0 AND u.disabled_at IS NULL ORDER BY u.id`, int64(account.Manager)).Scan(ctx, &managers)
	if err != nil {
		return err
	}
	var orders []mail.Order
	for _, m := range managers {
		zone, err := walltime.Zone(m.Zone)
		if err != nil {
			return err
		}
		at, month := nextDigest(now, zone)
		orders = append(orders, mail.Order{Template: "monthly-digest", To: m.ID, About: digest{month, m.Zone}, At: at, Key: fmt.Sprintf("%s:%s", m.ID, month)})
	}
	return mail.QueueAll(ctx, l.DB, orders)
}

// aboutMonth writes the digest, if its manager still wants it: the branches with a report that was approved in the
// month, then the others. It says no more than that: how many there were is a figure.
func (l *Letters) aboutMonth(ctx context.Context, order mail.Order) (*mail.Message, error) {
	var d digest
	if err := order.Read(&d); err != nil || l.late(order) {
		return nil, err
	}
	first, next, err := d.bounds()
	if err != nil {
		return nil, err
	}
	var branches []struct {
		ID   uuid.UUID
		Name string
		News bool
	}
	err = l.DB.Read().NewRaw(`SELECT b.id, b.name,
			EXISTS (SELECT 1 FROM evaluations e WHERE e.branch_id = b.id AND e.approved_at >= ? AND e.approved_at < ?) AS news
		FROM users u JOIN branch_managers m ON m.user_id = u.id JOIN branches b ON b.id = m.branch_id
		WHERE u.id = ? AND u.monthly_digest AND (u.roles & ?) <> 0 AND b.archived_at IS NULL ORDER BY b.name, b.code`,
		database.At(first), database.At(next), order.To, int64(account.Manager)).Scan(ctx, &branches)
	if err != nil || len(branches) == 0 {
		return nil, err
	}
	var news, quiet []mail.Link
	for _, b := range branches {
		link := mail.Link{Name: b.Name, Address: l.branchLink(b.ID)}
		if b.News {
			news = append(news, link)
		} else {
			quiet = append(quiet, link)
		}
	}
	return l.write(ctx, order, map[string]any{"Month": first.Format("January"), "News": news, "Quiet": quiet, "Choice": l.PublicURL + "/me"})
}
