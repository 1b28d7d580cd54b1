// Package phototest makes the pictures that tests upload, and looks at what became of them.
package phototest

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

// The test images. Most are made here. Those that Go cannot write lie in samples: the same four quarters, made
// by ImageMagick 6 with
//
//	convert -size 30x20 xc:red xc:lime +append a.png; convert -size 30x20 xc:blue xc:yellow +append b.png
//	convert a.png b.png -append -type TrueColor quarters.png
//	convert quarters.png -colorspace CMYK -quality 90 ycck.jpg
//	convert quarters.png -interlace JPEG -quality 90 progressive.jpg
//	convert quarters.png -interlace PNG interlaced.png
//	convert quarters.png -quality 90 lossy.webp
//	convert quarters.png -define webp:lossless=true lossless.webp
//	convert quarters.png \( -size 30x40 xc:white xc:black +append \) -alpha off -compose CopyOpacity -composite -quality 90 transparent.webp

// The colours of the test images.
var (
	Red    = color.NRGBA{255, 0, 0, 255}
	Lime   = color.NRGBA{0, 255, 0, 255}
	Blue   = color.NRGBA{0, 0, 255, 255}
	Yellow = color.NRGBA{255, 255, 0, 255}
	White  = color.NRGBA{255, 255, 255, 255}
)

// AsSent is what Corners says of Quarters as they are made.
const AsSent = "red lime / blue yellow"

// Quarters is a picture of 60 × 40 pixels: red and lime above blue and yellow.
func Quarters() *image.NRGBA {
	return Painted(60, 40, func(x, y int) color.NRGBA {
		return [2][2]color.NRGBA{{Red, Lime}, {Blue, Yellow}}[y/20][x/30]
	})
}

// Painted is a picture of so many pixels, each with the colour that at gives for it.
func Painted(w, h int, at func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, at(x, y))
		}
	}
	return m
}

// JPEG encodes a picture as JPEG, with little loss.
func JPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// PNG encodes a picture as PNG.
func PNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// GIF encodes pictures as a GIF, animated where they are several.
func GIF(frames ...*image.Paletted) []byte {
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: frames, Delay: make([]int, len(frames))}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Paletted is a picture in the nearest of these colours.
func Paletted(m image.Image, colours ...color.Color) *image.Paletted {
	p := image.NewPaletted(m.Bounds(), colours)
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			p.Set(x, y, m.At(x, y))
		}
	}
	return p
}

//go:embed samples
var samples embed.FS

// Sample is one of the test images that Go cannot write.
func Sample(t testing.TB, name string) []byte {
	content, err := samples.ReadFile("samples/" + name)
	require.NoError(t, err)
	return content
}

// WithSegment puts a segment behind the start of a JPEG.
func WithSegment(file []byte, marker byte, payload string) []byte {
	segment := append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(payload)+2)), payload...)
	return slices.Concat(file[:2], segment, file[2:])
}

// WithChunk puts a chunk behind the header of a PNG.
func WithChunk(file []byte, kind, payload string) []byte {
	const header = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	chunk = append(append(chunk, kind...), payload...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(file[:header], chunk, file[header:])
}

// WebPWith makes the extended form of a simple WebP, which can carry EXIF, and which claims a size of its own.
func WebPWith(simple []byte, w, h int, exif string) []byte {
	size := func(n int) []byte { return []byte{byte(n - 1), byte((n - 1) >> 8), byte((n - 1) >> 16)} }
	body := slices.Concat([]byte("WEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00"), size(w), size(h), simple[12:])
	body = binary.LittleEndian.AppendUint32(append(body, "EXIF"...), uint32(len(exif)))
	body = append(body, exif...)
	if len(exif)%2 == 1 {
		body = append(body, 0)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// JPEGClaiming is the JPEG with another size in its header.
func JPEGClaiming(file []byte, w, h uint16) []byte {
	file = slices.Clone(file)
	at := bytes.Index(file, []byte{0xff, 0xc0, 0x00}) + 5
	binary.BigEndian.PutUint16(file[at:], h)
	binary.BigEndian.PutUint16(file[at+2:], w)
	return file
}

// PNGClaiming is the PNG with another size in its header, and the checksum that goes with it.
func PNGClaiming(file []byte, w, h uint32) []byte {
	file = slices.Clone(file)
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

// GIFClaiming is the GIF with another size in its header.
func GIFClaiming(file []byte, w, h uint16) []byte {
	file = slices.Clone(file)
	binary.LittleEndian.PutUint16(file[6:], w)
	binary.LittleEndian.PutUint16(file[8:], h)
	return file
}

// TIFF is EXIF in bytes: directories with their tags, in the given order of bytes.
type TIFF struct {
	Order binary.AppendByteOrder
	IFDs  [4][]Tag // IFD0, Exif, GPS, IFD1 (the thumbnail's)
}

// Tag is one entry of a directory: TIFF.Short, Text and Rationals make them.
type Tag struct {
	id, kind uint16
	count    uint32
	value    []byte
}

// Short is a tag with a number of 16 bits.
func (f *TIFF) Short(id, v uint16) Tag { return Tag{id, 3, 1, f.Order.AppendUint16(nil, v)} }

// Text is a tag with a text.
func (f *TIFF) Text(id uint16, s string) Tag {
	return Tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}

// Rationals is a tag with fractions: numerators and denominators by turns.
func (f *TIFF) Rationals(id uint16, pairs ...uint32) Tag {
	var value []byte
	for _, n := range pairs {
		value = f.Order.AppendUint32(value, n)
	}
	return Tag{id, 5, uint32(len(pairs) / 2), value}
}

// Bytes are the file: its header and the directories that have tags.
func (f *TIFF) Bytes() string {
	starts, at := [4]uint32{}, uint32(8)
	for i := range f.IFDs {
		if len(f.IFDs[i]) == 0 {
			continue
		}
		if i == 1 || i == 2 {
			pointer := map[int]uint16{1: 0x8769, 2: 0x8825}[i]
			f.IFDs[0] = append(f.IFDs[0], Tag{pointer, 4, 1, []byte{0, 0, 0, 0}})
		}
	}
	for i, tags := range f.IFDs {
		if len(tags) == 0 {
			continue
		}
		starts[i] = at
		at += 2 + uint32(12*len(tags)) + 4
		for _, t := range tags {
			if len(t.value) > 4 {
				at += uint32(len(t.value))
			}
		}
	}
	out := []byte("II")
	if f.Order.String() == binary.BigEndian.String() {
		out = []byte("MM")
	}
	out = f.Order.AppendUint32(f.Order.AppendUint16(out, 42), 8)
	for i, tags := range f.IFDs {
		if len(tags) == 0 {
			continue
		}
		data := starts[i] + 2 + uint32(12*len(tags)) + 4
		out = f.Order.AppendUint16(out, uint16(len(tags)))
		var more []byte
		for _, t := range tags {
			out = f.Order.AppendUint32(f.Order.AppendUint16(f.Order.AppendUint16(out, t.id), t.kind), t.count)
			switch {
			case t.id == 0x8769:
				out = f.Order.AppendUint32(out, starts[1])
			case t.id == 0x8825:
				out = f.Order.AppendUint32(out, starts[2])
			case len(t.value) > 4:
				out = f.Order.AppendUint32(out, data+uint32(len(more)))
				more = append(more, t.value...)
			default:
				out = append(out, append(slices.Clone(t.value), make([]byte, 4-len(t.value))...)...)
			}
		}
		next := uint32(0)
		if i == 0 {
			next = starts[3]
		}
		out = append(f.Order.AppendUint32(out, next), more...)
	}
	return string(out)
}

// EXIFOf is what a phone writes: the orientation, a time with its offset, a place in Warsaw, and a thumbnail that
// claims to lie on its head.
func EXIFOf(orientation uint16, order binary.AppendByteOrder) string {
	f := &TIFF{Order: order}
	f.IFDs[0] = []Tag{f.Text(0x010f, "Maker"), f.Short(0x0112, orientation)}
	f.IFDs[1] = []Tag{f.Text(0x9003, "2026:11:21 14:05:03"), f.Text(0x9011, "+01:00")}
	f.IFDs[2] = []Tag{
		f.Text(1, "N"), f.Rationals(2, 52, 1, 13, 1, 4722, 100), // 52° 13' 47.22"
		f.Text(3, "E"), f.Rationals(4, 21, 1, 0, 1, 4400, 100), // 21° 0' 44"
	}
	f.IFDs[3] = []Tag{f.Short(0x0112, 3), f.Text(0x010e, "a thumbnail would follow")}
	return f.Bytes()
}

// WithEXIF puts EXIF behind the start of a JPEG.
func WithEXIF(file []byte, exif string) []byte { return WithSegment(file, 0xe1, "Exif\x00\x00"+exif) }

// Corners names the colours in the Corners of a JPEG: upper left, upper right / lower left, lower right.
func Corners(t testing.TB, file []byte) string {
	m, err := jpeg.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	r := m.Bounds()
	at := func(x, y int) string { return colourName(m.At(x, y)) }
	return fmt.Sprintf("%s %s / %s %s", at(0, 0), at(r.Max.X-1, 0), at(0, r.Max.Y-1), at(r.Max.X-1, r.Max.Y-1))
}

func colourName(c color.Color) string {
	r, g, b, _ := c.RGBA()
	for name, want := range map[string]color.NRGBA{
		"red": Red, "lime": Lime, "blue": Blue, "yellow": Yellow, "white": White, "black": {A: 255},
	} {
		far := func(have uint32, want uint8) bool { return math.Abs(float64(have>>8)-float64(want)) > 60 }
		if !far(r, want.R) && !far(g, want.G) && !far(b, want.B) {
			return name
		}
	}
	return fmt.Sprint(r>>8, " ", g>>8, " ", b>>8)
}

// RequireBare walks through a JPEG and lets nothing pass but what draws the picture.
func RequireBare(t testing.TB, file []byte) {
	t.Helper()
	require.True(t, bytes.HasPrefix(file, []byte{0xff, 0xd8}))
	require.True(t, bytes.HasSuffix(file, []byte{0xff, 0xd9}))
	rest := file[2:]
	for rest[1] != 0xda {
		require.EqualValues(t, 0xff, rest[0])
		require.Contains(t, []byte{0xdb, 0xc0, 0xc4}, rest[1], "tables and a baseline frame header")
		rest = rest[2+int(binary.BigEndian.Uint16(rest[2:])):]
	}
	scan := rest[2 : len(rest)-2]
	for i := bytes.IndexByte(scan, 0xff); i >= 0; i = bytes.IndexByte(scan, 0xff) {
		require.Zero(t, scan[i+1], "no marker up to the end")
		scan = scan[i+2:]
	}
	for _, trace := range []string{"Exif", "http://ns.adobe", "Photoshop", "PK\x03\x04", "script"} {
		require.NotContains(t, string(file), trace)
	}
}

// RequireRefused requires a fault.Invalid with one fault, which says this.
func RequireRefused(t testing.TB, err error, says string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Faults, 1)
	require.Contains(t, invalid.Faults[0].Detail, says)
}
