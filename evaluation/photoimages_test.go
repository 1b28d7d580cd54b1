package evaluation

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The test images. Most are made here. Those that Go cannot write lie in testdata/photos: the same four quarters, made
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

var (
	red    = color.NRGBA{255, 0, 0, 255}
	lime   = color.NRGBA{0, 255, 0, 255}
	blue   = color.NRGBA{0, 0, 255, 255}
	yellow = color.NRGBA{255, 255, 0, 255}
	white  = color.NRGBA{255, 255, 255, 255}
)

const asSent = "red lime / blue yellow"

// quarters is a picture of 60 × 40 pixels: red and lime above blue and yellow.
func quarters() *image.NRGBA {
	return painted(60, 40, func(x, y int) color.NRGBA {
		return [2][2]color.NRGBA{{red, lime}, {blue, yellow}}[y/20][x/30]
	})
}

func painted(w, h int, at func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, at(x, y))
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asGIF(frames ...*image.Paletted) []byte {
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: frames, Delay: make([]int, len(frames))}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func paletted(m image.Image, colours ...color.Color) *image.Paletted {
	p := image.NewPaletted(m.Bounds(), colours)
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			p.Set(x, y, m.At(x, y))
		}
	}
	return p
}

func sample(t testing.TB, name string) []byte {
	content, err := os.ReadFile(filepath.Join("testdata", "photos", name))
	require.NoError(t, err)
	return content
}

// withSegment puts a segment behind the start of a JPEG.
func withSegment(file []byte, marker byte, payload string) []byte {
	segment := append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(payload)+2)), payload...)
	return slices.Concat(file[:2], segment, file[2:])
}

// withChunk puts a chunk behind the header of a PNG.
func withChunk(file []byte, kind, payload string) []byte {
	const header = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	chunk = append(append(chunk, kind...), payload...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return slices.Concat(file[:header], chunk, file[header:])
}

// webpWith makes the extended form of a simple WebP, which can carry EXIF, and which claims a size of its own.
func webpWith(simple []byte, w, h int, exif string) []byte {
	size := func(n int) []byte { return []byte{byte(n - 1), byte((n - 1) >> 8), byte((n - 1) >> 16)} }
	body := slices.Concat([]byte("WEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00"), size(w), size(h), simple[12:])
	body = binary.LittleEndian.AppendUint32(append(body, "EXIF"...), uint32(len(exif)))
	body = append(body, exif...)
	if len(exif)%2 == 1 {
		body = append(body, 0)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// claiming changes what a header says of the size.
func jpegClaiming(file []byte, w, h uint16) []byte {
	file = slices.Clone(file)
	at := bytes.Index(file, []byte{0xff, 0xc0, 0x00}) + 5
	binary.BigEndian.PutUint16(file[at:], h)
	binary.BigEndian.PutUint16(file[at+2:], w)
	return file
}

func pngClaiming(file []byte, w, h uint32) []byte {
	file = slices.Clone(file)
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func gifClaiming(file []byte, w, h uint16) []byte {
	file = slices.Clone(file)
	binary.LittleEndian.PutUint16(file[6:], w)
	binary.LittleEndian.PutUint16(file[8:], h)
	return file
}

// tiff is EXIF in bytes: directories with their tags, in the given order of bytes.
type tiff struct {
	order binary.AppendByteOrder
	ifds  [4][]tag // IFD0, Exif, GPS, IFD1 (the thumbnail's)
}

type tag struct {
	id, kind uint16
	count    uint32
	value    []byte
}

func (f *tiff) short(id, v uint16) tag { return tag{id, 3, 1, f.order.AppendUint16(nil, v)} }

func (f *tiff) text(id uint16, s string) tag {
	return tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}

func (f *tiff) rationals(id uint16, pairs ...uint32) tag {
	var value []byte
	for _, n := range pairs {
		value = f.order.AppendUint32(value, n)
	}
	return tag{id, 5, uint32(len(pairs) / 2), value}
}

func (f *tiff) bytes() string {
	starts, at := [4]uint32{}, uint32(8)
	for i := range f.ifds {
		if len(f.ifds[i]) == 0 {
			continue
		}
		if i == 1 || i == 2 {
			pointer := map[int]uint16{1: 0x8769, 2: 0x8825}[i]
			f.ifds[0] = append(f.ifds[0], tag{pointer, 4, 1, []byte{0, 0, 0, 0}})
		}
	}
	for i, tags := range f.ifds {
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
	if f.order.String() == binary.BigEndian.String() {
		out = []byte("MM")
	}
	out = f.order.AppendUint32(f.order.AppendUint16(out, 42), 8)
	for i, tags := range f.ifds {
		if len(tags) == 0 {
			continue
		}
		data := starts[i] + 2 + uint32(12*len(tags)) + 4
		out = f.order.AppendUint16(out, uint16(len(tags)))
		var more []byte
		for _, t := range tags {
			out = f.order.AppendUint32(f.order.AppendUint16(f.order.AppendUint16(out, t.id), t.kind), t.count)
			switch {
			case t.id == 0x8769:
				out = f.order.AppendUint32(out, starts[1])
			case t.id == 0x8825:
				out = f.order.AppendUint32(out, starts[2])
			case len(t.value) > 4:
				out = f.order.AppendUint32(out, data+uint32(len(more)))
				more = append(more, t.value...)
			default:
				out = append(out, append(slices.Clone(t.value), make([]byte, 4-len(t.value))...)...)
			}
		}
		next := uint32(0)
		if i == 0 {
			next = starts[3]
		}
		out = append(f.order.AppendUint32(out, next), more...)
	}
	return string(out)
}

// exifOf is what a phone writes: the orientation, a time with its offset, a place in Warsaw, and a thumbnail that
// claims to lie on its head.
func exifOf(orientation uint16, order binary.AppendByteOrder) string {
	f := &tiff{order: order}
	f.ifds[0] = []tag{f.text(0x010f, "Maker"), f.short(0x0112, orientation)}
	f.ifds[1] = []tag{f.text(0x9003, "2026:11:21 14:05:03"), f.text(0x9011, "+01:00")}
	f.ifds[2] = []tag{
		f.text(1, "N"), f.rationals(2, 52, 1, 13, 1, 4722, 100), // 52° 13' 47.22"
		f.text(3, "E"), f.rationals(4, 21, 1, 0, 1, 4400, 100), // 21° 0' 44"
	}
	f.ifds[3] = []tag{f.short(0x0112, 3), f.text(0x010e, "a thumbnail would follow")}
	return f.bytes()
}

func withEXIF(file []byte, exif string) []byte { return withSegment(file, 0xe1, "Exif\x00\x00"+exif) }
