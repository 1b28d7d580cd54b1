package evaluation

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// Photo is what is kept of a picture that somebody uploaded. The upload itself is not kept.
type Photo struct {
	ID           uuid.UUID     // UUIDv7
	UploadedHash string        // SHA-256 of the upload, lower-case hex; unique with Owner
	Owner        uuid.UUID     // who uploaded it
	StoredHash   string        // SHA-256 of the stored JPEG: names its file, and says that two uploads show the same
	Bytes        int64         // of the stored JPEG
	Width        int           // pixels of the stored JPEG, which is upright
	Height       int           //
	Taken        string        // what EXIF claims: wall time, 2026-11-21T14:05:00, with +01:00 where it has an offset; or empty
	Position     *Position     // what EXIF claims; or nil
	CreatedAt    database.Time // when it was uploaded; uploading it again on a later day counts anew
}

// Photos keeps the photos: files in a folder, which belongs to one process, and a row for an upload and its owner.
// Knowing the hash of a photo gives nobody the photo: to put it takes its bytes, to read it a row that names it.
type Photos struct {
	db       *database.DB
	folder   photo.Folder
	clock    func() time.Time
	decoding *photo.Darkroom

	// files is held for reading from writing a file until its row is there, and for writing while a file that no row
	// names is removed: nothing is removed that is about to be named.
	files sync.RWMutex
}

// NewPhotos keeps photos in the folder at the path, which it makes where it is missing.
func NewPhotos(db *database.DB, path string, clock func() time.Time, decoding *photo.Darkroom) (*Photos, error) {
	folder, err := photo.OpenFolder(path)
	if err != nil {
		return nil, err
	}
	return &Photos{db: db, folder: folder, clock: clock, decoding: decoding}, nil
}

// Put keeps an upload as its owner's and says what is kept. hash is the SHA-256 of the upload in lower-case hex.
// Putting the same again gives the same photo.
//
// What is not a photo, is too large or does not have that hash is a fault.Invalid. While others are decoded, Put waits;
// when ctx ends first, its error comes back and nothing was kept; where too many wait, photo.ErrFull.
func (p *Photos) Put(ctx context.Context, owner account.User, hash string, upload []byte) (Photo, error) {
	if err := checkUpload(hash, upload); err != nil {
		return Photo{}, err
	}
	photo, err := p.putAgain(ctx, owner.ID, hash)
	if !errors.Is(err, fault.ErrNotFound) {
		return photo, err
	}
	picture, err := p.decoding.Develop(ctx, upload)
	if err != nil {
		return Photo{}, err
	}
	sum := sha256.Sum256(picture.JPEG)
	photo = Photo{
		ID: database.NewID(p.clock()), UploadedHash: hash, Owner: owner.ID,
		StoredHash: hex.EncodeToString(sum[:]), Bytes: int64(len(picture.JPEG)), Width: picture.Width, Height: picture.Height,
		Taken: picture.EXIF.Taken, Position: placeOf(picture.EXIF.Position), CreatedAt: database.At(p.clock()),
	}
	p.files.RLock()
	defer p.files.RUnlock()
	if err := p.writeFiles(photo.StoredHash, picture); err != nil {
		return Photo{}, err
	}
	var kept Photo
	err = p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		lat, lon := photo.Position.millionths()
		kept, err = scanPhoto(insertPhoto.Row(ctx, tx, photo.ID, photo.UploadedHash, photo.Owner, photo.StoredHash, photo.Bytes,
			photo.Width, photo.Height, photo.Taken, lat, lon, photo.CreatedAt))
		return err
	})
	return kept, err
}

// Full is true while a photo that somebody begins to send would have to wait for too many others.
func (p *Photos) Full() bool { return p.decoding.Full() }

var lowerHex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkUpload(hash string, upload []byte) error {
	if !lowerHex.MatchString(hash) {
		return fault.At("sha256", "is not a SHA-256: 64 digits of lower-case hex")
	}
	if len(upload) == 0 {
		return fault.At("", "is empty: send the photo's bytes")
	}
	if len(upload) > photo.MaxUpload {
		return fault.At("", "has %d bytes: a photo may have %d", len(upload), photo.MaxUpload)
	}
	if sum := sha256.Sum256(upload); hex.EncodeToString(sum[:]) != hash {
		return fault.At("sha256", "is not the SHA-256 of the bytes that came, which is %x: send them again", sum)
	}
	return nil
}

// putAgain gives the photo that was put before, if its files are there, and else fault.ErrNotFound.
func (p *Photos) putAgain(ctx context.Context, owner uuid.UUID, hash string) (Photo, error) {
	photo, err := p.Find(ctx, p.db.Read(), owner, hash)
	if err != nil {
		return Photo{}, err
	}
	for _, thumbnail := range []bool{true, false} {
		if _, err := os.Stat(p.path(photo.StoredHash, thumbnail)); err != nil {
			return Photo{}, fault.ErrNotFound
		}
	}
	now := p.clock()
	if now.Sub(photo.CreatedAt.Time) < 24*time.Hour {
		return photo, nil
	}
	// The evaluation that will name it is on its way: from now on it has the full time again.
	err = p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		photo, err = scanPhoto(renewPhoto.Row(ctx, tx, database.At(now), hash, owner))
		return err
	})
	return photo, err
}

// Find gives the photo that the owner uploaded under this hash, or fault.ErrNotFound: also when somebody else did.
func (p *Photos) Find(ctx context.Context, from bun.IDB, owner uuid.UUID, hash string) (Photo, error) {
	return scanPhoto(selectPhoto.Row(ctx, from, hash, owner))
}

const photoColumns = "id, uploaded_hash, owner_id, stored_hash, bytes, width, height, taken, lat, lon, created_at"

var (
	selectPhoto = database.Prepared("SELECT " + photoColumns + " FROM photos WHERE uploaded_hash = ? AND owner_id = ?")
	insertPhoto = database.Prepared("INSERT INTO photos (" + photoColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " +
		"ON CONFLICT (uploaded_hash, owner_id) DO UPDATE SET created_at = excluded.created_at RETURNING " + photoColumns)
	renewPhoto = database.Prepared("UPDATE photos SET created_at = ? WHERE uploaded_hash = ? AND owner_id = ? RETURNING " + photoColumns)
)

func scanPhoto(row *sql.Row) (photo Photo, err error) {
	var lat, lon *int64
	err = row.Scan(&photo.ID, &photo.UploadedHash, &photo.Owner, &photo.StoredHash, &photo.Bytes, &photo.Width, &photo.Height,
		&photo.Taken, &lat, &lon, &photo.CreatedAt)
	photo.Position = positionOf(lat, lon)
	return photo, database.OrNotFound(err)
}
