package photo

import (
	"bytes"
	"io"
	"math"
	"strings"
	"time"

	"github.com/bep/imagemeta"
	"golang.org/x/image/riff"
)

// EXIF is what a photo says of itself. It is a claim: whoever made the file can have written anything there.
type EXIF struct {
	Taken       string    // wall time, 2026-11-21T14:05:00, with the offset (+01:00) where there is one; or empty
	Position    *Position // nil without a whole one
	orientation int       // 1 to 8; 0 without one
}

// Position is a place on earth in degrees (WGS 84).
type Position struct{ Lat, Lon float64 }

// readEXIF reads what it can of the EXIF of a file; what is missing or senseless is left out, never an error. XMP and
// IPTC are not read: what cameras write stands in EXIF.
func readEXIF(r io.ReadSeeker, f imagemeta.ImageFormat) (e EXIF) {
	switch f {
	case imagemeta.ImageFormatAuto:
		return EXIF{}
	case imagemeta.WebP:
		r, f = exifOfWebP(r), imagemeta.TIFF // which is what EXIF is inside
	}
	tags := map[string]any{}
	// An error says that the file is broken somewhere; the tags before that place still hold.
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:           r,
		ImageFormat: f,
		Sources:     imagemeta.EXIF,
		// A tag of ours has at most 24 bytes. The limit also bounds how many directories a hostile file can name.
		LimitTagSize:    64,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return directories[t.Tag] == t.Namespace },
		HandleTag: func(t imagemeta.TagInfo) error {
			if _, again := tags[t.Tag]; !again {
				tags[t.Tag] = t.Value
			}
			return nil
		},
	})
	if o, ok := tags["Orientation"].(uint16); ok && o <= 8 {
		e.orientation = int(o)
	}
	e.Taken = taken(tags["DateTimeOriginal"], tags["OffsetTimeOriginal"])
	lat, north := degrees(tags["GPSLatitude"], tags["GPSLatitudeRef"], 90, "N", "S")
	lon, east := degrees(tags["GPSLongitude"], tags["GPSLongitudeRef"], 180, "E", "W")
	// Cameras without a fix write zeros.
	if north && east && (lat != 0 || lon != 0) {
		e.Position = &Position{Lat: lat, Lon: lon}
	}
	return e
}

// exifOfWebP finds the EXIF among the chunks of a WebP, or nothing. imagemeta does not know that a chunk of odd length
// is followed by a byte of padding, and loses its way.
func exifOfWebP(r io.Reader) io.ReadSeeker {
	_, chunks, err := riff.NewReader(r)
	for err == nil {
		var id riff.FourCC
		var chunk io.Reader
		if id, _, chunk, err = chunks.Next(); err != nil || id != (riff.FourCC{'E', 'X', 'I', 'F'}) {
			continue
		}
		content, _ := io.ReadAll(chunk)
		return bytes.NewReader(bytes.TrimPrefix(content, []byte("Exif\x00\x00"))) // some programs put JPEG's mark there
	}
	return bytes.NewReader(nil)
}

// directories names the tags that are read and the directory where each means what we take it for: an embedded
// thumbnail has an orientation of its own.
var directories = map[string]string{
	"Orientation":        "IFD0",
	"DateTimeOriginal":   "IFD0/ExifIFDP",
	"OffsetTimeOriginal": "IFD0/ExifIFDP",
	"GPSLatitude":        "IFD0/GPSInfoIFD",
	"GPSLatitudeRef":     "IFD0/GPSInfoIFD",
	"GPSLongitude":       "IFD0/GPSInfoIFD",
	"GPSLongitudeRef":    "IFD0/GPSInfoIFD",
}

func taken(at, offset any) string {
	text, _ := at.(string)
	t, err := time.Parse("2006:01:02 15:04:05", strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	wall := t.Format("2006-01-02T15:04:05")
	zone, _ := offset.(string)
	if z, err := time.Parse("-07:00", strings.TrimSpace(zone)); err == nil {
		return wall + z.Format("-07:00")
	}
	return wall
}

func degrees(value, ref any, limit float64, positive, negative string) (float64, bool) {
	v, ok := value.(float64)
	side, _ := ref.(string)
	side = strings.ToUpper(strings.TrimSpace(side))
	if !ok || !(v >= 0 && v <= limit) || side != positive && side != negative {
		return 0, false
	}
	v = math.Round(v*1e6) / 1e6
	if side == negative {
		v = -v
	}
	return v, true
}
