package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/mail"
)

// calendar is the part of a letter that mail programs act upon: one entry, of one participant. That they have it is
// noted before it goes out: to take back what did not arrive harms nobody.
func (l *Letters) calendar(ctx context.Context, method CalendarMethod, i *letterInvitation, when string, now time.Time) (*mail.Calendar, error) {
	organisation, err := l.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	entry := CalendarEntry{
		UID: entryUID(i), Sequence: i.Sequence, Starts: i.StartsAt.Time, Ends: i.EndsAt.Time, Status: "CONFIRMED",
		Summary: i.Topic + " (" + organisation + ")", Location: placeWords(placeWords(i.Room, i.Venue), i.Address), Description: when,
		Organizer: Mailbox{organisation, l.From.Address}, Attendee: &Mailbox{i.Name, i.Email},
	}
	if i.Directions != "" {
		entry.Description += "\n\n" + i.Directions
	}
	if method == CalendarCancel {
		entry.Status = "CANCELLED"
	}
	if i.State == "withdrawn" || i.State == "cancelled" {
		entry.Sequence++ // nothing follows: a cancelled session has counted up when it was cancelled
	}
	if !i.CalendarSent {
		err = l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE invitations SET calendar_sent = TRUE WHERE id = ?", i.ID).Exec(ctx)
			return err
		})
	}
	return &mail.Calendar{Method: string(method), Body: Calendar(method, now, entry)}, err
}

// entryUID is that of an invitation's calendar entry, the same as long as it lives.
func entryUID(i *letterInvitation) string {
	if i.CalendarUID != "" {
		return i.CalendarUID
	}
	return uuid.NewSHA1(i.ID, []byte("calendar")).String() + "@fieldcare"
}
