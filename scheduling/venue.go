package scheduling

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Venue is a place where focus groups meet.
type Venue struct {
	ID         uuid.UUID     `json:"id" bun:",pk"`
	Name       string        `json:"name" example:"House of Trades"`
	Address    string        `json:"address" example:"Chmielna 20, 00-020 Warszawa"`
	Position   *Coordinates  `json:"position,omitempty" bun:"-"`
	Zone       string        `json:"zone" doc:"IANA time zone: the wall times of its sessions are in it" example:"Europe/Warsaw"`
	Directions string        `json:"directions" doc:"How to get there and in, as participants are told" example:"Tram 4 to Centrum; ring for the second floor"`
	Archived   bool          `json:"archived" bun:"-" doc:"Whether it is archived: nothing new is scheduled there"`
	Rooms      []Room        `json:"rooms,omitempty" bun:"-" doc:"By name; absent in lists"`
	Edition    int64         `json:"edition" doc:"Counts changes; the ETag"`
	ArchivedAt database.Time `json:"-"`
}

// Coordinates are a place on earth in degrees (WGS 84), kept to the millionth.
type Coordinates struct {
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lon float64 `json:"lon" minimum:"-180" maximum:"180"`
}

// VenueChange is what to change; what is nil stays.
type VenueChange struct {
	Name       *string      `json:"name,omitempty" maxLength:"120" example:"House of Trades"`
	Address    *string      `json:"address,omitempty" maxLength:"400" example:"Chmielna 20, 00-020 Warszawa"`
	Position   *Coordinates `json:"position,omitempty"`
	Zone       *string      `json:"zone,omitempty" doc:"IANA time zone; sessions that have their time keep theirs" example:"Europe/Warsaw"`
	Directions *string      `json:"directions,omitempty" maxLength:"2000" doc:"How to get there and in, as participants are told"`
	Archived   *bool        `json:"archived,omitempty" doc:"Nothing new is scheduled at an archived venue"`
}

// NewVenue is a venue to be added.
type NewVenue struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	VenueChange
}

func (v *Venue) apply(c VenueChange, now time.Time) (fields []string) {
	set(&v.Name, onOneLine(c.Name), "name", &fields)
	set(&v.Address, onOneLine(c.Address), "address", &fields)
	set(&v.Zone, onOneLine(c.Zone), "zone", &fields)
	set(&v.Directions, onOneLine(c.Directions), "directions", &fields)
	if c.Position != nil {
		v.Position, fields = c.Position, append(fields, "position")
	}
	set(&v.Archived, c.Archived, "archived", &fields)
	v.ArchivedAt = archivedAt(v.ArchivedAt, v.Archived, now)
	return fields
}

// archivedAt is since when something is archived, which it may have been before.
func archivedAt(before database.Time, archived bool, now time.Time) database.Time {
	switch {
	case !archived:
		return database.Time{}
	case before.IsZero():
		return database.At(now)
	}
	return before
}

func (v *Venue) faults() []fault.Fault {
	var l faultList
	l.line("/name", v.Name, 1)
	l.words("/address", v.Address, 0, 400)
	l.words("/directions", v.Directions, 0, 2000)
	l.zone("/zone", v.Zone)
	if p := v.Position; p != nil && !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
		l.refuse("/position", "must be a latitude from -90 to 90 and a longitude from -180 to 180")
	}
	return l
}

// Room is a room of a venue: the organisation's own, or one that is hired.
type Room struct {
	ID           uuid.UUID     `json:"id" bun:",pk"`
	VenueID      uuid.UUID     `json:"venue_id" doc:"The venue that it is in"`
	Name         string        `json:"name" example:"Green room"`
	Capacity     int64         `json:"capacity" doc:"People whom it holds: participants, moderator and assistants" example:"14"`
	Features     []string      `json:"features" nullable:"false" bun:"-" doc:"Of step_free, viewing_room, recording, catering"`
	Price        Money         `json:"price" bun:"-" doc:"For the hour or the day; 0 of an own room"`
	PricePer     string        `json:"price_per" enum:"hour,day"`
	LeadDays     int64         `json:"lead_days" doc:"Days before a session until which it can be booked" example:"7"`
	CancelDays   int64         `json:"cancel_days" doc:"Days before a session until which it can be cancelled; 0 is up to its start. Coordinators are reminded a day before" example:"3"`
	SetupMinutes int64         `json:"setup_minutes" doc:"Kept free before and after a session" example:"30"`
	Hired        bool          `json:"hired" doc:"Whether it is somebody else's: its bookings have the hirer's reference"`
	Archived     bool          `json:"archived" bun:"-" doc:"Whether it is archived: nothing new is scheduled there"`
	Edition      int64         `json:"edition" doc:"Counts changes; the ETag"`
	ArchivedAt   database.Time `json:"-"`
}

// RoomChange is what to change; what is nil stays. Sessions that are scheduled keep the time around them that they had.
type RoomChange struct {
	Name         *string   `json:"name,omitempty" maxLength:"120" example:"Green room"`
	Capacity     *int64    `json:"capacity,omitempty" minimum:"1" maximum:"1000" doc:"People whom it holds: participants, moderator and assistants" example:"14"`
	Features     *[]string `json:"features,omitempty" maxItems:"4" doc:"Of step_free, viewing_room, recording, catering; replaces them"`
	Price        *Money    `json:"price,omitempty" doc:"For the hour or the day"`
	PricePer     *string   `json:"price_per,omitempty" enum:"hour,day" doc:"hour unless it is said"`
	LeadDays     *int64    `json:"lead_days,omitempty" minimum:"0" maximum:"365" doc:"Days before a session until which it can be booked" example:"7"`
	CancelDays   *int64    `json:"cancel_days,omitempty" minimum:"0" maximum:"365" doc:"Days before a session until which it can be cancelled" example:"3"`
	SetupMinutes *int64    `json:"setup_minutes,omitempty" minimum:"0" maximum:"480" doc:"Kept free before and after a session; 30 unless it is said" example:"30"`
	Hired        *bool     `json:"hired,omitempty" doc:"Whether it is somebody else's"`
	Archived     *bool     `json:"archived,omitempty" doc:"Nothing new is scheduled in an archived room"`
}

// NewRoom is a room to be added to a venue.
type NewRoom struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	RoomChange
}

// roomFeatures are what a room can have, in the order in which they are shown.
var roomFeatures = []string{"step_free", "viewing_room", "recording", "catering"}

const usualSetupMinutes = 30

func newRoom(id, venue uuid.UUID, currency string) Room {
	return Room{ID: id, VenueID: venue, Features: []string{}, Price: Money{Currency: currency}, PricePer: "hour", SetupMinutes: usualSetupMinutes, Edition: 1}
}

func (r *Room) apply(c RoomChange, now time.Time) (fields []string) {
	set(&r.Name, onOneLine(c.Name), "name", &fields)
	set(&r.Capacity, c.Capacity, "capacity", &fields)
	if c.Features != nil {
		r.Features, fields = slices.Clone(*c.Features), append(fields, "features")
		slices.SortStableFunc(r.Features, func(a, b string) int { return slices.Index(roomFeatures, a) - slices.Index(roomFeatures, b) })
	}
	set(&r.Price, c.Price, "price", &fields)
	set(&r.PricePer, c.PricePer, "price_per", &fields)
	set(&r.LeadDays, c.LeadDays, "lead_days", &fields)
	set(&r.CancelDays, c.CancelDays, "cancel_days", &fields)
	set(&r.SetupMinutes, c.SetupMinutes, "setup_minutes", &fields)
	set(&r.Hired, c.Hired, "hired", &fields)
	set(&r.Archived, c.Archived, "archived", &fields)
	r.ArchivedAt = archivedAt(r.ArchivedAt, r.Archived, now)
	return fields
}

func (r *Room) faults() []fault.Fault {
	var l faultList
	l.line("/name", r.Name, 1)
	l.whole("/capacity", r.Capacity, 1, 1000)
	for i, feature := range r.Features {
		if !slices.Contains(roomFeatures, feature) || slices.Contains(r.Features[:i], feature) {
			l.refuse("/features", "must be some of step_free, viewing_room, recording and catering, each named once")
			break
		}
	}
	l.money("/price", r.Price)
	if r.PricePer != "hour" && r.PricePer != "day" {
		l.refuse("/price_per", "must be hour or day")
	}
	l.whole("/lead_days", r.LeadDays, 0, 365)
	l.whole("/cancel_days", r.CancelDays, 0, 365)
	l.whole("/setup_minutes", r.SetupMinutes, 0, 480)
	return l
}
