package evaluation

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
	"fieldcare/internal/photo/phototest"
)

// unnamedFor is how long photos are kept here that no evaluation names.
const unnamedFor = 30 * 24 * time.Hour

// darkroom is a store of photos with two shoppers and a clock that stands still until it is set.
type darkroom struct {
	*Photos
	t        *testing.T
	sam, kim account.User
	now      time.Time
	root     string // where the files lie
}

func newDarkroom(t *testing.T) *darkroom {
	d := &darkroom{t: t, now: time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC), root: filepath.Join(t.TempDir(), "photos")}
	var err error
	d.Photos, err = NewPhotos(databasetest.Open(t), d.root, func() time.Time { return d.now }, photo.NewDarkroom(2))
	require.NoError(t, err)
	d.sam, d.kim = d.shopper("sam"), d.shopper("kim")
	return d
}

func (d *darkroom) shopper(name string) account.User {
	user := account.User{ID: uuid.New(), Email: name + "@example.org", Name: name, Roles: account.Shopper}
	d.run("INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition) VALUES (?, ?, ?, ?, 'en', 1, '', 0, 1)",
		user.ID, user.Email, name, name)
	return user
}

func (d *darkroom) run(query string, args ...any) {
	d.t.Helper()
	require.NoError(d.t, d.db.Write(d.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

func (d *darkroom) put(owner account.User, upload []byte) Photo {
	d.t.Helper()
	photo, err := d.Put(d.t.Context(), owner, hashOf(upload), upload)
	require.NoError(d.t, err)
	return photo
}

func (d *darkroom) find(owner account.User, upload []byte) (Photo, error) {
	return d.Find(d.t.Context(), d.db.Read(), owner.ID, hashOf(upload))
}

func (d *darkroom) sweep() int {
	d.t.Helper()
	n, err := d.Sweep(d.t.Context(), d.now.Add(-unnamedFor))
	require.NoError(d.t, err)
	return n
}

func (d *darkroom) check() []string {
	d.t.Helper()
	_, faults, err := d.Check(d.t.Context())
	require.NoError(d.t, err)
	return faults
}

// files lists what lies in the folder.
func (d *darkroom) files() (names []string) {
	d.t.Helper()
	require.NoError(d.t, filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, entry.Name())
		}
		return err
	}))
	return names
}

func (d *darkroom) rows() (n int) {
	d.t.Helper()
	require.NoError(d.t, d.db.Read().NewRaw("SELECT count(*) FROM photos").Scan(d.t.Context(), &n))
	return n
}

// name has an evaluation name the photo.
func (d *darkroom) name(photo Photo) {
	d.t.Helper()
	branch, checklist, visit, evaluation := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	d.run("INSERT INTO branches (id, code, name, folded, address, zone, region, brand, competitor, created_at, edition) "+
		"VALUES (?, ?, '', '', '', 'UTC', '', '', FALSE, 0, 1)", branch, branch.String())
	d.run("INSERT INTO checklists (id, title, folded, draft, published, created_at, edition) VALUES (?, '', '', '', 1, 0, 1)", checklist)
	d.run("INSERT INTO checklist_versions (checklist_id, number, document, published_at, published_by) VALUES (?, 1, '', 0, ?)", checklist, photo.Owner)
	d.run("INSERT INTO visits (id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone, opens_at, closes_at, "+
		"deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, created_at, edition) "+
		"VALUES (?, ?, ?, 1, ?, 'submitted', '', '', 'UTC', 0, 1, 1, 2, '', '', '', 0, 0, 'EUR', 0, 1)", visit, branch, checklist, photo.Owner)
	d.run("INSERT INTO evaluations (id, visit_id, branch_id, checklist_id, checklist_version, shopper_id, revision, begun_at, finished_at, "+
		"day, received_at, marks, open_questions, words, shuffle, edition) "+
		"VALUES (?, ?, ?, ?, 1, ?, 1, 0, 0, '', 0, '', '', '', 0, 1)", evaluation, visit, branch, checklist, photo.Owner)
	d.run("INSERT INTO evaluation_photos (evaluation_id, number, question_id, photo_id) VALUES (?, 1, 'shelf', ?)", evaluation, photo.ID)
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func TestAPhotoIsKeptAsAPictureAndARow(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), phototest.EXIFOf(6, binary.BigEndian))

	photo := d.put(d.sam, upload)

	require.Equal(t, Photo{
		ID: photo.ID, UploadedHash: hashOf(upload), Owner: d.sam.ID, StoredHash: photo.StoredHash, Bytes: photo.Bytes, Width: 40, Height: 60,
		Taken: "2026-11-21T14:05:03+01:00", Position: &Position{Lat: 52.229783, Lon: 21.012222}, CreatedAt: database.At(d.now),
	}, photo)
	found, err := d.find(d.sam, upload)
	require.NoError(t, err)
	require.Equal(t, photo, found)

	for _, thumbnail := range []bool{false, true} {
		file, size, err := d.Open(photo.StoredHash, thumbnail)
		require.NoError(t, err)
		content, err := io.ReadAll(file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.EqualValues(t, len(content), size)
		phototest.RequireBare(t, content)
		require.Equal(t, "blue red / yellow lime", phototest.Corners(t, content))
		if !thumbnail {
			require.Equal(t, photo.StoredHash, hashOf(content))
			require.Equal(t, photo.Bytes, size)
		}
	}
	require.Empty(t, d.check())
}

func TestTheFolderIsReadByNobodyElse(t *testing.T) {
	d := newDarkroom(t)
	photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))

	require.Equal(t, []string{photo.StoredHash + ".jpg", photo.StoredHash + ".thumb.jpg"}, d.files(), "and the upload is not kept")
	for path, mode := range map[string]fs.FileMode{
		d.root: 0o700, filepath.Join(d.root, photo.StoredHash[:2]): 0o700,
		d.path(photo.StoredHash, false): 0o600, d.path(photo.StoredHash, true): 0o600,
	} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

func TestPuttingTheSameAgainGivesTheSamePhoto(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.PNG(phototest.Quarters())
	first := d.put(d.sam, upload)

	d.now = d.now.Add(time.Hour)
	require.Equal(t, first, d.put(d.sam, upload))
	require.Equal(t, 1, d.rows())

	d.now = d.now.Add(29 * 24 * time.Hour)
	again := d.put(d.sam, upload)
	require.Equal(t, database.At(d.now), again.CreatedAt, "the evaluation that will name it has its 30 days again")
	again.CreatedAt = first.CreatedAt
	require.Equal(t, first, again)
	d.now = d.now.Add(29 * 24 * time.Hour)
	require.Zero(t, d.sweep())
	require.Empty(t, d.check())
}

func TestPuttingAPhotoAgainMendsItsFiles(t *testing.T) {
	for _, thumbnail := range []bool{false, true} {
		d := newDarkroom(t)
		upload := phototest.JPEG(phototest.Quarters())
		photo := d.put(d.sam, upload)
		require.NoError(t, os.Remove(d.path(photo.StoredHash, thumbnail)))
		require.Len(t, d.check(), 1)

		require.Equal(t, photo, d.put(d.sam, upload))
		require.Empty(t, d.check())
	}
}

func TestKnowingAHashGivesNobodySomebodyElsesPhoto(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.JPEG(phototest.Quarters())
	d.put(d.sam, upload)

	_, err := d.find(d.kim, upload)
	require.ErrorIs(t, err, fault.ErrNotFound)
	_, err = d.Put(t.Context(), d.kim, hashOf(upload), nil)
	phototest.RequireRefused(t, err, "is empty")
	_, err = d.Put(t.Context(), d.kim, hashOf(upload), phototest.PNG(phototest.Quarters()))
	phototest.RequireRefused(t, err, "is not the SHA-256 of the bytes that came")
	_, err = d.find(d.kim, upload)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

func TestAnUploadThatIsNotWhatItSaysIsRefused(t *testing.T) {
	d := newDarkroom(t)
	whole := phototest.JPEG(phototest.Quarters())
	for name, test := range map[string]struct {
		hash   string
		upload []byte
		says   string
	}{
		"hash of others":      {hashOf([]byte("others")), whole, "which is " + hashOf(whole)},
		"hash in upper case":  {strings.ToUpper(hashOf(whole)), whole, "64 digits of lower-case hex"},
		"hash too short":      {hashOf(whole)[:63], whole, "64 digits"},
		"path for a hash":     {"../../../../etc/passwd", whole, "64 digits"},
		"hash and a new line": {hashOf(whole) + "\n", whole, "64 digits"},
		"nothing":             {hashOf(nil), nil, "is empty"},
		"too much":            {hashOf(make([]byte, photo.MaxUpload+1)), make([]byte, photo.MaxUpload+1), "has 20971521 bytes: a photo may have 20971520"},
		"text":                {hashOf([]byte("text")), []byte("text"), "is text/plain and not a photo"},
		"half a photo":        {hashOf(whole[:len(whole)/2]), whole[:len(whole)/2], "send the whole file"},
		"a claim of too much": {hashOf(phototest.JPEGClaiming(whole, 50000, 50000)), phototest.JPEGClaiming(whole, 50000, 50000), "too much"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Put(t.Context(), d.sam, test.hash, test.upload)
			phototest.RequireRefused(t, err, test.says)
		})
	}
	require.Zero(t, d.rows())
	require.Empty(t, d.files())
}

func TestManyPutTheSamePhotoAtOnce(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.JPEG(phototest.Quarters())
	photos := make([]Photo, 8)
	var all sync.WaitGroup
	for i := range photos {
		all.Go(func() {
			owner := []account.User{d.sam, d.kim}[i%2]
			photo, err := d.Put(t.Context(), owner, hashOf(upload), upload)
			if err == nil {
				photos[i] = photo
			}
		})
	}
	all.Wait()

	for i, photo := range photos {
		require.Equal(t, photos[i%2], photo)
		require.NotEmpty(t, photo.StoredHash)
	}
	require.NotEqual(t, photos[0].Owner, photos[1].Owner)
	require.Equal(t, photos[0].StoredHash, photos[1].StoredHash)
	require.Equal(t, 2, d.rows())
	require.Len(t, d.files(), 2)
	require.Empty(t, d.check())
}

func TestWhoGivesUpWaitingLeavesNothingBehind(t *testing.T) {
	d := newDarkroom(t)
	for range 2 {
		require.NoError(t, d.decoding.Enter(t.Context()))
	}
	upload := phototest.JPEG(phototest.Quarters())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := d.Put(ctx, d.sam, hashOf(upload), upload)
		done <- err
	}()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Zero(t, d.rows())
	require.Empty(t, d.files())

	for range 2 {
		d.decoding.Leave()
	}
	d.put(d.sam, upload)
}

func TestPhotosThatNothingNamesGoAfterThirtyDays(t *testing.T) {
	d := newDarkroom(t)
	named, forgotten, fresh := phototest.JPEG(phototest.Quarters()), phototest.PNG(image.NewGray(image.Rect(0, 0, 9, 9))), phototest.PNG(image.NewGray(image.Rect(0, 0, 8, 8)))
	d.name(d.put(d.sam, named))
	d.put(d.sam, forgotten)
	d.now = d.now.Add(unnamedFor)
	d.put(d.sam, fresh)
	require.Zero(t, d.sweep(), "thirty days are not more than thirty days")

	d.now = d.now.Add(time.Microsecond)
	require.Equal(t, 1, d.sweep())

	_, err := d.find(d.sam, forgotten)
	require.ErrorIs(t, err, fault.ErrNotFound)
	for _, upload := range [][]byte{named, fresh} {
		_, err := d.find(d.sam, upload)
		require.NoError(t, err)
	}
	require.Len(t, d.files(), 4)
	require.Empty(t, d.check())
	require.Zero(t, d.sweep())
}

func TestManyForgottenPhotosGoInOneSweep(t *testing.T) {
	d := newDarkroom(t)
	photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))
	rows := make([]string, 2*sweptAtOnce+1)
	for i := range rows {
		rows[i] = fmt.Sprintf("('%s', '%s', '%s', '%s', 1, 1, 1, '', 0)", uuid.New(), hashOf([]byte{byte(i), byte(i >> 8)}), d.sam.ID, photo.StoredHash)
	}
	d.run("INSERT INTO photos (id, uploaded_hash, owner_id, stored_hash, bytes, width, height, taken, created_at) VALUES " + strings.Join(rows, ", "))
	require.Equal(t, 2*sweptAtOnce+1, d.sweep())
	require.Empty(t, d.check(), "one row still names the file")
}

func TestAFileStaysWhileAnyPhotoHasIt(t *testing.T) {
	d := newDarkroom(t)
	plain := phototest.JPEG(phototest.Quarters())
	commented := phototest.WithSegment(plain, 0xfe, "another upload of the same picture")
	first := d.put(d.sam, plain)
	d.now = d.now.Add(time.Hour)
	second, third := d.put(d.sam, commented), d.put(d.kim, plain)
	require.Equal(t, first.StoredHash, second.StoredHash)
	d.name(third)

	d.now = d.now.Add(unnamedFor)
	require.Equal(t, 1, d.sweep())
	require.Empty(t, d.check())
	require.Equal(t, 2, d.rows())
	d.now = d.now.Add(time.Hour)
	require.Equal(t, 1, d.sweep())
	require.Empty(t, d.check())
	require.Len(t, d.files(), 2)

	d.run("DELETE FROM evaluation_photos")
	require.Equal(t, 1, d.sweep())
	require.Empty(t, d.files())
}

func TestWhatACrashLeftIsSweptAway(t *testing.T) {
	d := newDarkroom(t)
	photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))
	folder := filepath.Dir(d.path(photo.StoredHash, false))
	orphan := hashOf([]byte("its row was never written"))
	age := func(path string, of time.Duration) {
		require.NoError(t, os.Chtimes(path, time.Time{}, d.now.Add(-of)))
	}
	for _, name := range []string{"unfinished-1", "unfinished-2", orphan + ".jpg", orphan + ".thumb.jpg"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("half a pho"), 0o600))
		age(filepath.Join(folder, name), leftoverAfter+time.Second)
	}
	age(filepath.Join(folder, "unfinished-2"), leftoverAfter)
	for _, thumbnail := range []bool{true, false} {
		age(d.path(photo.StoredHash, thumbnail), 1000*time.Hour)
	}
	require.Empty(t, d.check(), "leftovers do no harm")

	require.Zero(t, d.sweep())

	require.Equal(t, []string{photo.StoredHash + ".jpg", photo.StoredHash + ".thumb.jpg", "unfinished-2"}, d.files(), "what may be in the making stays")
	require.Empty(t, d.check())
}

func TestASweepLeavesAFileThatIsBeingNamed(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.JPEG(phototest.Quarters())
	photo := d.put(d.sam, upload)
	d.now = d.now.Add(unnamedFor + time.Hour)

	d.Photos.files.RLock() // as who has written the file and now writes its row
	swept := make(chan error)
	go func() {
		_, err := d.Sweep(t.Context(), d.now.Add(-unnamedFor))
		swept <- err
	}()
	require.Eventually(t, func() bool { return d.rows() == 0 }, time.Minute, time.Millisecond)
	d.run("INSERT INTO photos (id, uploaded_hash, owner_id, stored_hash, bytes, width, height, taken, created_at) VALUES (?, ?, ?, ?, ?, 60, 40, '', ?)",
		photo.ID, photo.UploadedHash, d.kim.ID, photo.StoredHash, photo.Bytes, database.At(d.now))
	d.Photos.files.RUnlock()

	require.NoError(t, <-swept)
	require.Empty(t, d.check())
	require.Len(t, d.files(), 2)
}

func TestPuttingAndSweepingAtOnceLosesNothing(t *testing.T) {
	d := newDarkroom(t)
	upload := phototest.JPEG(phototest.Quarters())
	ctx, stop := context.WithCancel(t.Context())
	var sweeping sync.WaitGroup
	sweeping.Go(func() {
		for ctx.Err() == nil {
			if _, err := d.Sweep(t.Context(), d.now.Add(-unnamedFor)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 20 {
		d.put(d.sam, upload)
		d.run("UPDATE photos SET created_at = 0") // from here on the sweep may have it
	}
	photo := d.put(d.kim, upload)
	stop()
	sweeping.Wait()
	require.FileExists(t, d.path(photo.StoredHash, false))
	require.Empty(t, d.check())
}

func TestCheckNamesWhatIsMissingOrDamaged(t *testing.T) {
	for name, test := range map[string]struct {
		harm func(full, thumbnail string) error
		says string
	}{
		"missing":           {func(full, _ string) error { return os.Remove(full) }, "cannot be opened"},
		"cut":               {func(full, _ string) error { return os.Truncate(full, 100) }, "is not what was stored"},
		"thumbnail missing": {func(_, thumbnail string) error { return os.Remove(thumbnail) }, "the thumbnail cannot be opened"},
		"thumbnail cut":     {func(_, thumbnail string) error { return os.Truncate(thumbnail, 100) }, "the thumbnail cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDarkroom(t)
			d.put(d.sam, phototest.PNG(image.NewGray(image.Rect(0, 0, 9, 9))))
			photo := d.put(d.sam, phototest.JPEG(phototest.Quarters()))
			d.put(d.kim, phototest.JPEG(phototest.Quarters()))
			require.NoError(t, test.harm(d.path(photo.StoredHash, false), d.path(photo.StoredHash, true)))
			faults := d.check()
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], photo.StoredHash)
			require.Contains(t, faults[0], test.says)
		})
	}
}

func TestCheckGoesThroughAllPhotos(t *testing.T) {
	d := newDarkroom(t)
	rows := make([]string, 2*sweptAtOnce)
	for i := range rows {
		hash := hashOf([]byte{byte(i), byte(i >> 8)})
		rows[i] = fmt.Sprintf("('%s', '%s', '%s', '%s', 1, 1, 1, '', 0)", uuid.New(), hash, d.sam.ID, hash)
	}
	d.run("INSERT INTO photos (id, uploaded_hash, owner_id, stored_hash, bytes, width, height, taken, created_at) VALUES " + strings.Join(rows, ", "))
	d.put(d.sam, phototest.JPEG(phototest.Quarters()))
	require.Len(t, d.check(), 2*sweptAtOnce)
}

func TestNoPathIsOpenedByAHash(t *testing.T) {
	d := newDarkroom(t)
	for _, hash := range []string{"", "ab", "../" + hashOf(nil), strings.Repeat("/", 64), strings.ToUpper(hashOf(nil))} {
		_, _, err := d.Open(hash, false)
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	_, _, err := d.Open(hashOf(nil), true)
	require.ErrorIs(t, err, fs.ErrNotExist)
}
