package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"
	"github.com/uptrace/bun"

	"fieldcare/internal/fault"
)

// Create notes that the thing with this id, chosen by the client, is made from this content. It is true when the same
// was made before (the answer was lost on its way, say); other content under the same id is a conflict.
func Create(ctx context.Context, tx bun.IDB, id uuid.UUID, contentHash string) (again bool, err error) {
	if id == uuid.Nil {
		return false, fault.At("/id", "must be a UUID chosen by the client, and not the one of zeros")
	}
	n, err := insertCreation.Exec(ctx, tx, id, contentHash)
	if err != nil || n == 1 {
		return false, err
	}
	var before string
	if err := selectCreation.Row(ctx, tx, id).Scan(&before); err != nil {
		return false, err
	}
	if before != contentHash {
		return false, fault.Conflicting("id-taken", "the id %s was used for something else: choose a new one", id)
	}
	return true, nil
}

var (
	insertCreation = Prepared("INSERT INTO creations (id, content_hash) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
	selectCreation = Prepared("SELECT content_hash FROM creations WHERE id = ?")
)

// ContentHash is the SHA-256 (lower-case hex) of the canonical form (RFC 8785) of a JSON text.
func ContentHash(text []byte) (string, error) {
	canonical, err := jcs.Transform(text)
	if err != nil {
		return "", fault.At("", "the body is not JSON that has a canonical form (RFC 8785)")
	}
	return HashOf(canonical), nil
}

// HashOf is the SHA-256 of a content, in lower-case hex.
func HashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
