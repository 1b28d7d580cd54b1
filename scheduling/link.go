package scheduling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// LinkPurpose is what a link may be used for. One made for a purpose opens nothing else.
type LinkPurpose string

// What links are for.
const (
	AnswerLink      LinkPurpose = "rsvp"        // of an invitation
	UnsubscribeLink LinkPurpose = "unsubscribe" // of a participant
	CalendarLink    LinkPurpose = "calendar"    // of a user
	RoomLink        LinkPurpose = "room"        // of a room: its calendar
)

// Links makes and reads the tokens of secret links. Nothing of them is stored: the same invitation has the same link
// however often it is sent, until its generation is raised.
type Links struct {
	Key []byte // of 32 bytes, for this alone
}

var linkText = base64.RawURLEncoding.Strict() // one token has one spelling

const macBytes = 16

// Make is the token of a link: whose it is, its generation, and the seal of both.
func (l Links) Make(purpose LinkPurpose, id uuid.UUID, generation int64) string {
	content := binary.AppendUvarint(id[:], uint64(generation))
	return linkText.EncodeToString(append(content, l.seal(purpose, content)...))
}

// Read gives back what the token was made of. It is fault.ErrNotFound for any that was not made here for this purpose.
// Whether the generation is still that of the row is for the caller to ask.
func (l Links) Read(purpose LinkPurpose, token string) (id uuid.UUID, generation int64, err error) {
	sealed, err := linkText.DecodeString(token)
	if err != nil || len(sealed) <= len(id)+macBytes {
		return uuid.Nil, 0, fault.ErrNotFound
	}
	content, seal := sealed[:len(sealed)-macBytes], sealed[len(sealed)-macBytes:]
	if !hmac.Equal(seal, l.seal(purpose, content)) {
		return uuid.Nil, 0, fault.ErrNotFound
	}
	number, n := binary.Uvarint(content[len(id):])
	if n != len(content)-len(id) {
		return uuid.Nil, 0, fault.ErrNotFound
	}
	return uuid.UUID(content[:len(id)]), int64(number), nil
}

// seal is half of an HMAC-SHA256, which RFC 2104 (section 5) calls enough: nobody guesses 128 bits.
func (l Links) seal(purpose LinkPurpose, content []byte) []byte {
	mac := hmac.New(sha256.New, l.Key)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write(content)
	return mac.Sum(nil)[:macBytes]
}
