package evaluation

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// UnsentWork is the file that a shopper saved of what the phone could not send: a ZIP with manifest.json, each
// evaluation as it would have been sent (evaluations/{id}.json), and photos (photos/{sha256}.jpg).
type UnsentWork struct {
	User        uuid.UUID // the shopper
	ExportedAt  time.Time // a claim of the phone
	Evaluations []UnsentEvaluation

	files map[string]*zip.File
	left  int64 // how many bytes may still be unpacked
}

// UnsentEvaluation is an evaluation, or a revision of one, as the manifest names it.
type UnsentEvaluation struct {
	ID      uuid.UUID
	VisitID uuid.UUID
	Open    bool // the shopper had not finished it
}

// MaxUnsentWork is how many bytes a file of unsent work may have: about a hundred photos as phones shrink them.
const MaxUnsentWork = 64 << 20

// A ZIP of little can be one of endless files, or of files without end.
const (
	mostEntries      = 2000
	mostDirectory    = 512 << 10 // bytes read to learn what is in it
	mostUnpacked     = 2 * MaxUnsentWork
	mostUnsent       = 200     // evaluations
	mostUnsentText   = 1 << 20 // bytes of JSON: what a request may have
	unsentWorkFormat = "fieldcare-unsent-work"
)

var unsentEntry = regexp.MustCompile(`^(manifest\.json|evaluations/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json|photos/[0-9a-f]{64}\.jpg)$`)

// OpenUnsentWork reads what a file of unsent work has in it. A file that is no such file is refused whole, with the
// places in manifest.json; what is wrong with one of its evaluations is told when that is handed in.
func (s *Evaluations) OpenUnsentWork(ctx context.Context, content []byte) (*UnsentWork, error) {
	w, err := readUnsentWork(content)
	if err != nil {
		return nil, err
	}
	name, err := shopperName(ctx, s.DB.Read(), w.User)
	if err == nil && name == "" {
		err = fault.At("/user", "must be the id of a shopper who is not disabled")
	}
	return w, err
}

func readUnsentWork(content []byte) (*UnsentWork, error) {
	w := &UnsentWork{files: map[string]*zip.File{}, left: mostUnpacked}
	bounded := &boundedReader{bytes.NewReader(content), mostDirectory}
	archive, err := zip.NewReader(bounded, int64(len(content)))
	if errors.Is(err, errTooMuch) {
		return nil, fault.At("", "has too many entries: at most %d", mostEntries)
	}
	if err != nil {
		return nil, fault.At("", "is not a ZIP file: send the file of unsent work as it was saved on the phone")
	}
	bounded.left = math.MaxInt64
	if len(archive.File) > mostEntries {
		return nil, fault.At("", "has %d entries: at most %d", len(archive.File), mostEntries)
	}
	for i, entry := range archive.File {
		if !unsentEntry.MatchString(entry.Name) {
			return nil, fault.At("", "entry %d has a name that none has in a file of unsent work: manifest.json, evaluations/{id}.json and photos/{sha256}.jpg are known", i+1)
		}
		if w.files[entry.Name] != nil {
			return nil, fault.At("", "has %s twice", entry.Name)
		}
		w.files[entry.Name] = entry
	}
	manifest, err := w.unpack("manifest.json", mostUnsentText)
	if err != nil {
		return nil, err
	}
	return w, w.readManifest(manifest)
}

func (w *UnsentWork) readManifest(text []byte) error {
	var m struct {
		Format      string `json:"format"`
		Version     int    `json:"version"`
		User        string `json:"user"`
		ExportedAt  string `json:"exported_at"`
		Evaluations []struct {
			ID      string `json:"id"`
			VisitID string `json:"visit_id"`
			Open    bool   `json:"open"`
		} `json:"evaluations"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return fault.At("", "manifest.json is not the JSON of a manifest")
	}
	if m.Format != unsentWorkFormat {
		return fault.At("/format", "must be %s: this is no file of unsent work", unsentWorkFormat)
	}
	if m.Version != 1 {
		return fault.At("/version", "must be 1")
	}
	var faults []fault.Fault
	refuse := func(pointer, detail string) { faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail}) }
	var err error
	if w.User, err = uuid.Parse(m.User); err != nil {
		refuse("/user", "must be the id of the shopper")
	}
	if err := w.ExportedAt.UnmarshalText([]byte(m.ExportedAt)); err != nil {
		refuse("/exported_at", "must be an instant such as 2026-11-21T09:30:00Z (RFC 3339)")
	}
	if n := len(m.Evaluations); n == 0 || n > mostUnsent {
		refuse("/evaluations", fmt.Sprintf("must be 1 to %d evaluations", mostUnsent))
		return fault.Of(faults)
	}
	seen := map[uuid.UUID]bool{}
	for i, named := range m.Evaluations {
		e := UnsentEvaluation{Open: named.Open}
		place := fmt.Sprintf("/evaluations/%d", i)
		if e.ID, err = uuid.Parse(named.ID); err != nil || e.ID.String() != named.ID {
			refuse(place+"/id", "must be the id of the evaluation, in lower case with hyphens")
		} else if seen[e.ID] {
			refuse(place+"/id", "is named twice")
		}
		if e.VisitID, err = uuid.Parse(named.VisitID); err != nil {
			refuse(place+"/visit_id", "must be the id of the visit")
		}
		seen[e.ID] = true
		w.Evaluations = append(w.Evaluations, e)
	}
	for name := range w.files {
		if id, is := evaluationOf(name); is && !seen[id] {
			refuse("/evaluations", "does not name "+name)
		}
	}
	return fault.Of(faults)
}

// evaluationOf is the id of the evaluation that an entry holds.
func evaluationOf(name string) (id uuid.UUID, is bool) {
	var text string
	if _, err := fmt.Sscanf(name, "evaluations/%36s", &text); err != nil {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}

// Text gives what would have been sent of an evaluation.
func (w *UnsentWork) Text(e UnsentEvaluation) ([]byte, error) {
	return w.unpack("evaluations/"+e.ID.String()+".json", mostUnsentText)
}

// photo gives the photo that has this hash by its name; nil where there is none.
func (w *UnsentWork) photo(hash string) ([]byte, error) {
	name := "photos/" + hash + ".jpg"
	if w.files[name] == nil {
		return nil, nil
	}
	return w.unpack(name, photo.MaxUpload)
}

// unpack reads an entry. What its head says of its size is not believed: it is counted.
func (w *UnsentWork) unpack(name string, most int64) ([]byte, error) {
	entry := w.files[name]
	if entry == nil {
		return nil, fault.At("", "%s is missing in the file", name)
	}
	packed, err := entry.Open()
	if err != nil {
		return nil, fault.At("", "%s cannot be unpacked", name)
	}
	defer packed.Close()
	content, err := io.ReadAll(io.LimitReader(packed, min(most, w.left)+1))
	w.left -= int64(len(content))
	switch {
	case w.left < 0:
		w.left = 0
		return nil, fault.At("", "the file unpacks to more than %d bytes: save it anew, or split it", mostUnpacked)
	case int64(len(content)) > most:
		return nil, fault.At("", "%s unpacks to more than %d bytes", name, most)
	case err != nil:
		return nil, fault.At("", "%s cannot be unpacked: it was damaged on the way", name)
	}
	return content, nil
}

// boundedReader reads so much and no more.
type boundedReader struct {
	content io.ReaderAt
	left    int64
}

var errTooMuch = errors.New("more than may be read")

// ReadAt reads, or says that it was too much.
func (b *boundedReader) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errTooMuch
	}
	return b.content.ReadAt(p, at)
}
