package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// leftoverAfter is the age from which a file that nothing names, or that was never finished, is taken for a leftover.
const leftoverAfter = 24 * time.Hour

// photoFile is the name of a stored photo's file, or of its thumbnail's.
func photoFile(storedHash string, thumbnail bool) string {
	if thumbnail {
		return storedHash + ".thumb.jpg"
	}
	return storedHash + ".jpg"
}

// path is where a stored photo lies.
func (p *Photos) path(storedHash string, thumbnail bool) string {
	return p.folder.Path(photoFile(storedHash, thumbnail))
}

// Open opens a stored photo, or its thumbnail, and says how many bytes it has. Both are JPEGs that never change under
// their hash. Whether the asker may see it is settled before: storedHash comes from a row.
func (p *Photos) Open(storedHash string, thumbnail bool) (*os.File, int64, error) {
	if !lowerHex.MatchString(storedHash) {
		return nil, 0, fault.ErrNotFound
	}
	return p.folder.Open(photoFile(storedHash, thumbnail))
}

// writeFiles has both files on the disk for good when it returns.
func (p *Photos) writeFiles(storedHash string, picture photo.Picture) error {
	if err := p.folder.Put(photoFile(storedHash, true), picture.Thumbnail); err != nil {
		return err
	}
	return p.folder.Put(photoFile(storedHash, false), picture.JPEG)
}

// Sweep deletes the photos that were put before a time and that no evaluation names, and what crashes left in the
// folder. It says how many photos it deleted.
func (p *Photos) Sweep(ctx context.Context, before time.Time) (deleted int, err error) {
	for last := false; !last; {
		n := 0
		if n, last, err = p.deleteUnnamed(ctx, before); err != nil {
			return deleted, err
		}
		deleted += n
	}
	return deleted, p.removeLeftovers(ctx, p.clock().Add(-leftoverAfter))
}

const sweptAtOnce = 200

// deleteUnnamed deletes some of the photos; last says that there are no more. They are looked for outside the write,
// which others wait for.
func (p *Photos) deleteUnnamed(ctx context.Context, before time.Time) (n int, last bool, err error) {
	const unnamed = "created_at < ? AND NOT EXISTS (SELECT 1 FROM evaluation_photos AS e WHERE e.photo_id = photos.id)"
	var found []struct{ ID, StoredHash string }
	err = p.db.Read().NewRaw("SELECT id, stored_hash FROM photos WHERE "+unnamed+" ORDER BY created_at LIMIT ?",
		database.At(before), sweptAtOnce).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return 0, true, err
	}
	err = p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n = 0
		for _, photo := range found {
			result, err := tx.NewRaw("DELETE FROM photos WHERE id = ? AND "+unnamed, photo.ID, database.At(before)).Exec(ctx)
			if err != nil {
				return err
			}
			gone, err := result.RowsAffected()
			if err != nil {
				return err
			}
			n += int(gone)
		}
		if n == 0 {
			return nil
		}
		return account.Audit(ctx, tx, p.clock(), account.AuditEntry{Action: "purge", Kind: "photo", Subjects: n})
	})
	if err != nil {
		return 0, true, err
	}
	for _, photo := range found {
		for _, thumbnail := range []bool{false, true} {
			if err := p.removeUnnamed(ctx, photo.StoredHash, p.path(photo.StoredHash, thumbnail)); err != nil {
				return n, true, err
			}
		}
	}
	return n, len(found) < sweptAtOnce, nil
}

// removeUnnamed removes a file of the stored photo unless a row names it: several uploads can have become the same photo.
func (p *Photos) removeUnnamed(ctx context.Context, storedHash, path string) error {
	p.files.Lock()
	defer p.files.Unlock()
	named, err := p.named(ctx, storedHash)
	if err != nil || named {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (p *Photos) named(ctx context.Context, storedHash string) (named bool, err error) {
	err = countStored.Row(ctx, p.db.Read(), storedHash).Scan(&named)
	return named, err
}

var countStored = database.Prepared("SELECT EXISTS (SELECT 1 FROM photos WHERE stored_hash = ?)")

// removeLeftovers removes the files last changed before a time that no row names.
func (p *Photos) removeLeftovers(ctx context.Context, before time.Time) error {
	hash := func(name string) string { storedHash, _, _ := strings.Cut(name, "."); return storedHash }
	return p.folder.Leftovers(before, func(name string) (bool, error) { return p.named(ctx, hash(name)) },
		func(name, path string) error { return p.removeUnnamed(ctx, hash(name), path) })
}

// Check reads every stored photo, says how many there are, and gives a sentence for each that is missing or not what it
// was.
func (p *Photos) Check(ctx context.Context) (read int, faults []string, err error) {
	for after, more := "", true; more; {
		var hashes []string
		err := p.db.Read().NewRaw("SELECT DISTINCT stored_hash FROM photos WHERE stored_hash > ? ORDER BY stored_hash LIMIT ?",
			after, sweptAtOnce).Scan(ctx, &hashes)
		if err != nil {
			return read, faults, err
		}
		for _, hash := range hashes {
			read++
			if fault := p.checkFiles(hash); fault != "" {
				// It may have been swept away between the row and the file.
				if named, err := p.named(ctx, hash); err != nil {
					return read, faults, err
				} else if named {
					faults = append(faults, fmt.Sprintf("photo %s: %s", hash, fault))
				}
			}
			after = hash
		}
		more = len(hashes) == sweptAtOnce
	}
	return read, faults, nil
}

func (p *Photos) checkFiles(storedHash string) string {
	file, _, err := p.Open(storedHash, false)
	if err != nil {
		return "the file cannot be opened: " + err.Error()
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "the file cannot be read: " + err.Error()
	}
	if now := hex.EncodeToString(sum.Sum(nil)); now != storedHash {
		return "the file's content is not what was stored: its SHA-256 is now " + now
	}
	thumbnail, _, err := p.Open(storedHash, true)
	if err != nil {
		return "the thumbnail cannot be opened: " + err.Error()
	}
	defer thumbnail.Close()
	if _, err := jpeg.Decode(thumbnail); err != nil {
		return "the thumbnail cannot be read: " + err.Error()
	}
	return ""
}
