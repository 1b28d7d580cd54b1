package evaluation

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bep/imagemeta"
	"github.com/jung-kurt/gofpdf"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/fault"
)

func TestEveryKindOfPhotoBecomesAnUprightJPEGWithoutMetadata(t *testing.T) {
	big, little := exifOf(1, binary.BigEndian), exifOf(1, binary.LittleEndian)
	opaque := paletted(quarters(), red, lime, blue, yellow)
	clear := paletted(quarters(), red, lime, blue, yellow)
	clear.Palette[3] = color.NRGBA{}
	deep := image.NewRGBA64(image.Rect(0, 0, 60, 40))
	gray := image.NewGray(image.Rect(0, 0, 60, 40))
	half := quarters()
	for y := range 40 {
		for x := range 60 {
			deep.Set(x, y, quarters().At(x, y))
			gray.SetGray(x, y, color.Gray{uint8(255 * (y / 20))})
			if x >= 30 {
				half.SetNRGBA(x, y, color.NRGBA{})
			}
		}
	}
	jpg := asJPEG(quarters())
	cmyk := slices.Clone(sample(t, "ycck.jpg"))
	cmyk[bytes.Index(cmyk, []byte("Adobe"))+11] = 0 // the same planes, to be read as plain CMYK: other colours

	for name, test := range map[string]struct {
		upload  []byte
		corners string
	}{
		"JPEG":                      {jpg, asSent},
		"JPEG with a place":         {withEXIF(jpg, big), asSent},
		"JPEG with XMP":             {withSegment(jpg, 0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>Sam</x:xmpmeta>"), asSent},
		"JPEG with IPTC":            {withSegment(jpg, 0xed, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x08\x1c\x02\x50\x00\x03Sam"), asSent},
		"JPEG with a profile":       {withSegment(jpg, 0xe2, "ICC_PROFILE\x00\x01\x01"+strings.Repeat("p", 200)), asSent},
		"JPEG with a comment":       {withSegment(jpg, 0xfe, "GPS of Sam"), asSent},
		"JPEG with all of them":     {withSegment(withSegment(withEXIF(jpg, little), 0xfe, "GPS"), 0xe2, "MPF\x00GPS"), asSent},
		"JPEG with a ZIP behind it": {append(slices.Clone(jpg), "PK\x03\x04\x14\x00<script>alert(1)</script>PK\x05\x06"...), asSent},
		"JPEG in gray":              {asJPEG(gray), "black black / white white"},
		"JPEG, progressive":         {sample(t, "progressive.jpg"), asSent},
		"JPEG in YCCK":              {sample(t, "ycck.jpg"), asSent},
		"JPEG in CMYK":              {cmyk, ""},
		"JPEG of one pixel":         {asJPEG(image.NewGray(image.Rect(0, 0, 1, 1))), "black black / black black"},
		"PNG":                       {asPNG(quarters()), asSent},
		"PNG with a place":          {withChunk(asPNG(quarters()), "eXIf", big), asSent},
		"PNG with texts":            {withChunk(asPNG(quarters()), "tEXt", "Author\x00GPS of Sam"), asSent},
		"PNG of 16 bits":            {asPNG(deep), asSent},
		"PNG, interlaced":           {sample(t, "interlaced.png"), asSent},
		"PNG with a palette":        {asPNG(opaque), asSent},
		"PNG with a clear colour":   {asPNG(clear), "red lime / blue white"},
		"PNG, half transparent":     {asPNG(half), "red white / blue white"},
		"PNG in gray":               {asPNG(gray), "black black / white white"},
		"WebP":                      {sample(t, "lossy.webp"), asSent},
		"WebP, lossless":            {sample(t, "lossless.webp"), asSent},
		"WebP, half transparent":    {sample(t, "transparent.webp"), "red white / blue white"},
		"WebP with a place":         {webpWith(sample(t, "lossy.webp"), 60, 40, big), asSent},
		"GIF":                       {asGIF(opaque), asSent},
		"GIF that moves":            {asGIF(opaque, clear), asSent},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := develop(t.Context(), test.upload)
			require.NoError(t, err)
			require.Equal(t, p.width, sizeOf(t, p.thumbnail).Dx(), "so small a picture is not scaled")
			if test.corners != "" {
				require.Equal(t, test.corners, corners(t, p.jpeg))
				require.Equal(t, test.corners, corners(t, p.thumbnail))
			}
			requireBare(t, p.jpeg)
			requireBare(t, p.thumbnail)
			requirePrintable(t, p)
			again, err := develop(t.Context(), test.upload)
			require.NoError(t, err)
			require.Equal(t, p, again, "the same upload gives the same bytes")
		})
	}
}

func TestAPhotoIsTurnedUprightWhateverItsOrientation(t *testing.T) {
	// EXIF 2.32, 4.6.4: where the 0th row and the 0th column belong.
	for orientation, upright := range map[uint16]string{
		0: asSent, 1: asSent, 9: asSent, 65535: asSent,
		2: "lime red / yellow blue", // top, right
		3: "yellow blue / lime red", // bottom, right
		4: "blue yellow / red lime", // bottom, left
		5: "red blue / lime yellow", // left, top
		6: "blue red / yellow lime", // right, top: the usual one of a phone held upright
		7: "yellow lime / blue red", // right, bottom
		8: "lime yellow / red blue", // left, bottom
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			exif := exifOf(orientation, order)
			for name, upload := range map[string][]byte{
				"JPEG": withEXIF(asJPEG(quarters()), exif),
				"PNG":  withChunk(asPNG(quarters()), "eXIf", exif),
				"WebP": webpWith(sample(t, "lossy.webp"), 60, 40, exif),
			} {
				p, err := develop(t.Context(), upload)
				require.NoError(t, err)
				require.Equal(t, upright, corners(t, p.jpeg), "%s, orientation %d, %v", name, orientation, order)
				require.Equal(t, upright, corners(t, p.thumbnail))
				w, h := 60, 40
				if orientation >= 5 && orientation <= 8 {
					w, h = 40, 60
				}
				require.Equal(t, []int{w, h}, []int{p.width, p.height})
			}
		}
	}
}

func TestALargePhotoIsScaledDown(t *testing.T) {
	for _, test := range []struct{ w, h, storedW, storedH, thumbW, thumbH int }{
		{2600, 1300, 2048, 1024, 400, 200},
		{1300, 2600, 1024, 2048, 200, 400},
		{2049, 100, 2048, 100, 400, 20},
		{2048, 512, 2048, 512, 400, 100},
		{401, 400, 401, 400, 400, 399},
		{20000, 2, 2048, 1, 400, 1},
		{7, 9001, 2, 2048, 1, 400},
	} {
		p, err := develop(t.Context(), asJPEG(image.NewGray(image.Rect(0, 0, test.w, test.h))))
		require.NoError(t, err)
		require.Equal(t, []int{test.storedW, test.storedH}, []int{p.width, p.height})
		require.Equal(t, image.Rect(0, 0, test.storedW, test.storedH), sizeOf(t, p.jpeg))
		require.Equal(t, image.Rect(0, 0, test.thumbW, test.thumbH), sizeOf(t, p.thumbnail))
		requirePrintable(t, p)
	}
}

func TestAScaledPixelIsTheMeanOfWhatItCovers(t *testing.T) {
	grays := func(values ...uint8) *image.Gray {
		return &image.Gray{Pix: values, Stride: len(values), Rect: image.Rect(0, 0, len(values), 1)}
	}
	for _, test := range []struct{ from, to []uint8 }{
		{[]uint8{10, 20, 30, 40}, []uint8{15, 35}},
		{[]uint8{0, 90, 240}, []uint8{30, 190}}, // (0 + 90/2) / 1.5, (90/2 + 240) / 1.5
		{[]uint8{1, 2, 3}, []uint8{1, 2, 3}},
		{[]uint8{200, 100, 0}, []uint8{100}},
	} {
		m := grays(test.from...)
		across := shrink(m, m.Rect, len(test.to), 1)
		column := image.NewGray(image.Rect(0, 0, 1, len(test.from)))
		copy(column.Pix, test.from)
		down := shrink(column, column.Rect, 1, len(test.to))
		for i, v := range test.to {
			require.Equal(t, color.RGBA{v, v, v, 255}, across.RGBAAt(i, 0))
			require.Equal(t, color.RGBA{v, v, v, 255}, down.RGBAAt(0, i))
		}
	}

	rapid.Check(t, func(t *rapid.T) {
		sw, sh := rapid.IntRange(1, 40).Draw(t, "sw"), rapid.IntRange(1, 40).Draw(t, "sh")
		w, h := rapid.IntRange(1, sw).Draw(t, "w"), rapid.IntRange(1, sh).Draw(t, "h")
		m := image.NewGray(image.Rect(0, 0, sw, sh))
		copy(m.Pix, rapid.SliceOfN(rapid.Byte(), sw*sh, sw*sh).Draw(t, "pixels"))
		small := shrink(m, m.Rect, w, h)
		overlap := func(i, n, j, of int) float64 { // of pixel j of n and pixel i of so many
			return max(0, min(float64(i+1)/float64(of), float64(j+1)/float64(n))-max(float64(i)/float64(of), float64(j)/float64(n)))
		}
		for y := range h {
			for x := range w {
				mean := 0.0
				for sy := range sh {
					for sx := range sw {
						mean += overlap(x, sw, sx, w) * overlap(y, sh, sy, h) * float64(m.GrayAt(sx, sy).Y)
					}
				}
				mean *= float64(w * h)
				require.LessOrEqual(t, math.Abs(mean-float64(small.RGBAAt(x, y).R)), 0.5+1e-6)
			}
		}
	})
}

func TestAPhotosTimeAndPlaceAreReadFromItsEXIF(t *testing.T) {
	warsaw := &Position{Lat: 52.229783, Lon: 21.012222}
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		for _, upload := range [][]byte{
			withEXIF(asJPEG(quarters()), exifOf(6, order)),
			withChunk(asPNG(quarters()), "eXIf", exifOf(6, order)),
			webpWith(sample(t, "lossy.webp"), 60, 40, exifOf(6, order)),
			webpWith(sample(t, "lossless.webp"), 60, 40, exifOf(6, order)), // its image has an odd number of bytes
			webpWith(sample(t, "lossy.webp"), 60, 40, "Exif\x00\x00"+exifOf(6, order)),
		} {
			p, err := develop(t.Context(), upload)
			require.NoError(t, err)
			require.Equal(t, exif{taken: "2026-11-21T14:05:03+01:00", position: warsaw, orientation: 6}, p.exif)
		}
	}
}

func TestWhatMakesNoSenseInEXIFIsLeftOut(t *testing.T) {
	f := &tiff{order: binary.BigEndian}
	place := func(lat, ns, lon, ew tag) []tag { return []tag{lat, ns, lon, ew} }
	n, e := f.text(1, "N"), f.text(3, "E")
	lat, lon := f.rationals(2, 52, 1, 30, 1, 0, 1), f.rationals(4, 21, 1, 0, 1, 0, 1)
	for name, test := range map[string]struct {
		exif, gps []tag
		want      exif
	}{
		"a time without an offset":  {[]tag{f.text(0x9003, "2026:11:21 14:05:03")}, nil, exif{taken: "2026-11-21T14:05:03"}},
		"an offset without a time":  {[]tag{f.text(0x9011, "+01:00")}, nil, exif{}},
		"an offset that is none":    {[]tag{f.text(0x9003, "2026:11:21 14:05:03"), f.text(0x9011, "\xff\x00;--")}, nil, exif{taken: "2026-11-21T14:05:03"}},
		"a time of a reset clock":   {[]tag{f.text(0x9003, "0000:00:00 00:00:00")}, nil, exif{}},
		"a time of blanks":          {[]tag{f.text(0x9003, "    :  :     :  :  ")}, nil, exif{}},
		"a time that is a number":   {[]tag{f.short(0x9003, 7)}, nil, exif{}},
		"south and west":            {nil, place(lat, f.text(1, "S"), lon, f.text(3, "W")), exif{position: &Position{Lat: -52.5, Lon: -21}}},
		"a place without its sides": {nil, []tag{lat, lon}, exif{}},
		"a place on no side":        {nil, place(lat, f.text(1, "X"), lon, e), exif{}},
		"half a place":              {nil, []tag{lat, n}, exif{}},
		"a place off the earth":     {nil, place(f.rationals(2, 91, 1, 0, 1, 0, 1), n, lon, e), exif{}},
		"a place of zeros":          {nil, place(f.rationals(2, 0, 1, 0, 1, 0, 1), n, f.rationals(4, 0, 1, 0, 1, 0, 1), e), exif{}},
		"a place divided by zero":   {nil, place(f.rationals(2, 0, 0, 0, 0, 0, 0), n, f.rationals(4, 0, 0, 0, 0, 0, 0), e), exif{}},
		"a place in words":          {nil, place(f.text(2, "here"), n, f.text(4, "there"), e), exif{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &tiff{order: binary.BigEndian}
			f.ifds[1], f.ifds[2] = test.exif, test.gps
			p, err := develop(t.Context(), withEXIF(asJPEG(quarters()), f.bytes()))
			require.NoError(t, err)
			require.Equal(t, test.want, p.exif)
		})
	}
}

func TestTheThumbnailsOrientationIsNotThePhotos(t *testing.T) {
	f := &tiff{order: binary.BigEndian}
	f.ifds[0], f.ifds[3] = []tag{f.text(0x010f, "Maker")}, []tag{f.short(0x0112, 3)}
	p, err := develop(t.Context(), withEXIF(asJPEG(quarters()), f.bytes()))
	require.NoError(t, err)
	require.Equal(t, asSent, corners(t, p.jpeg))
}

func TestBrokenEXIFDoesNotCostThePhoto(t *testing.T) {
	whole := exifOf(6, binary.LittleEndian)
	for cut := range len(whole) {
		broken := []string{whole[:cut]}
		for _, b := range []byte{0x00, 0x01, 0x7f, 0xff} {
			broken = append(broken, whole[:cut]+string([]byte{b})+whole[cut+1:])
		}
		for _, exif := range broken {
			for kind, upload := range map[imagemeta.ImageFormat][]byte{
				imagemeta.JPEG: withEXIF([]byte{0xff, 0xd8}, exif),
				imagemeta.PNG:  withChunk(make([]byte, 33), "eXIf", exif),
				imagemeta.WebP: webpWith(make([]byte, 12), 1, 1, exif),
			} {
				e := readEXIF(bytes.NewReader(upload), kind)
				require.LessOrEqual(t, e.orientation, 8)
				require.True(t, e.position == nil || math.Abs(e.position.Lat) <= 90 && math.Abs(e.position.Lon) <= 180)
			}
		}
	}
	p, err := develop(t.Context(), withEXIF(asJPEG(quarters()), whole[:len(whole)/2]))
	require.NoError(t, err)
	require.Equal(t, "blue red / yellow lime", corners(t, p.jpeg), "what stands before the damage still holds")
}

func TestWhatIsNoPhotoIsRefusedWithWhatWouldBeRight(t *testing.T) {
	jpg, pic := asJPEG(quarters()), asPNG(quarters())
	gif := asGIF(paletted(quarters(), red, lime, blue, yellow))
	for name, test := range map[string]struct {
		upload []byte
		says   string
	}{
		"text":                       {[]byte("This is not a photo."), "is text/plain and not a photo: send a JPEG, PNG, WebP or GIF"},
		"HTML with a charset":        {[]byte("<!DOCTYPE html><meta charset=secret>"), "is text/html and not a photo"},
		"SVG":                        {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "is image/svg+xml and not a photo"},
		"PDF before a JPEG":          {append([]byte("%PDF-1.7\n"), jpg...), "is application/pdf and not a photo"},
		"ZIP before a JPEG":          {append([]byte("PK\x03\x04"), jpg...), "is application/zip and not a photo"},
		"HEIC":                       {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x00"), "Most Compatible"},
		"TIFF":                       {[]byte("II*\x00\x08\x00\x00\x00"), "is image/tiff and not a photo"},
		"a JPEG of 50,000 × 50,000":  {jpegClaiming(jpg, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 50,000 × 50,000":   {pngClaiming(pic, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 2³¹-1 × 2³¹-1":     {pngClaiming(pic, math.MaxInt32, math.MaxInt32), "is damaged"},
		"a WebP of 50,000 × 40,000":  {webpWith(sample(t, "lossy.webp"), 50000, 40000, ""), "50000 × 40000 pixels, which is too much"},
		"a WebP of 50,000 × 50,000":  {webpWith(sample(t, "lossy.webp"), 50000, 50000, ""), "is damaged"},
		"a GIF of 50,000 × 50,000":   {gifClaiming(gif, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 65,536 × 1":        {pngClaiming(pic, 65536, 1), "65536 × 1 pixels, which is too much"},
		"a GIF of nothing":           {gifClaiming(gif, 0, 0), "without a single pixel"},
		"a JPEG of nothing":          {jpegClaiming(jpg, 0, 0), "without a single pixel"},
		"a WebP that lies of itself": {webpWith(sample(t, "lossy.webp"), 61, 40, ""), "is damaged"},
		"only the start of a JPEG":   {jpg[:3], "ends before the picture does: send the whole file"},
		"only the start of a PNG":    {pic[:8], "ends before the picture does: send the whole file"},
		"a PNG with a wrong sum":     {append(slices.Clone(pic[:30]), append([]byte{pic[30] ^ 1}, pic[31:]...)...), "is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := develop(t.Context(), test.upload)
			requireRefused(t, err, test.says)
		})
	}
	for name, whole := range map[string][]byte{
		"JPEG": jpg, "progressive": sample(t, "progressive.jpg"), "PNG": pic, "interlaced": sample(t, "interlaced.png"),
		"lossy": sample(t, "lossy.webp"), "lossless": sample(t, "lossless.webp"), "GIF": gif[:len(gif)-20],
	} {
		for cut := 1; cut < len(whole)-2; cut += 5 {
			_, err := develop(t.Context(), whole[:cut])
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid, "%s, cut at %d of %d", name, cut, len(whole))
		}
	}
}

func TestWhatADecoderTakesIsKnownBeforeItIsCalled(t *testing.T) {
	for name, test := range map[string]struct {
		upload   []byte
		perPixel int64
	}{
		"JPEG":                   {asJPEG(quarters()), 3},
		"JPEG in gray":           {asJPEG(image.NewGray(image.Rect(0, 0, 8, 8))), 1},
		"JPEG, progressive":      {sample(t, "progressive.jpg"), 15},
		"JPEG in YCCK":           {sample(t, "ycck.jpg"), 8},
		"JPEG in RGB":            {withSegment(asJPEG(quarters()), 0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00"), 7},
		"JPEG, filled up":        {slices.Concat([]byte{0xff, 0xd8, 0xff}, asJPEG(quarters())[2:]), 15},
		"JPEG, with a decoy":     {slices.Concat([]byte{0xff, 0xd8, 0xff, 0x00, 0x00, 0x04, 0x11, 0x11}, asJPEG(quarters())[2:]), 15},
		"JPEG, with another":     {slices.Concat([]byte{0xff, 0xd8, 0xff, 0xd0, 0x00, 0x04, 0x11, 0x11}, asJPEG(quarters())[2:]), 15},
		"JPEG, with a trap":      {withSegment(asJPEG(quarters()), 0xfe, strings.Repeat("\xff\xc0", 32750)), 3},
		"JPEG, filled and trap":  {slices.Concat([]byte{0xff, 0xd8, 0xff}, withSegment(asJPEG(quarters()), 0xfe, strings.Repeat("\xff\xc0", 32750))[2:]), 15},
		"JPEG, with a gap":       {slices.Concat([]byte{0xff, 0xd8, 0xff, 0x00, 0xff, 0x00}, asJPEG(quarters())[2:]), 15},
		"PNG":                    {asPNG(quarters()), 4},
		"PNG of 16 bits":         {asPNG(image.NewRGBA64(image.Rect(0, 0, 8, 8))), 8},
		"PNG, interlaced":        {sample(t, "interlaced.png"), 6},
		"WebP":                   {sample(t, "lossless.webp"), 8},
		"JPEG, thumbnail before": {withSegment(asJPEG(quarters()), 0xe1, "Exif\x00\x00\xff\xd8\xff\xc2\x00\x11"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			f, _, err := recognise(test.upload)
			require.NoError(t, err)
			config, err := f.config(bytes.NewReader(test.upload))
			require.NoError(t, err)
			require.Equal(t, test.perPixel, f.perPixel(test.upload, config))
		})
	}
	sixteen, eight := asPNG(image.NewRGBA64(image.Rect(0, 0, 8, 8))), asPNG(quarters())
	_, _, err := recognise(pngClaiming(eight, 7000, 7000))
	require.NoError(t, err, "49 megapixels of 4 bytes are within bounds")
	_, _, err = recognise(pngClaiming(sixteen, 7000, 7000))
	requireRefused(t, err, "7000 × 7000 pixels, which is too much")
	_, _, err = recognise(jpegClaiming(asJPEG(quarters()), 8064, 6048))
	require.NoError(t, err, "a phone of 48 megapixels")
	gray := asJPEG(image.NewGray(image.Rect(0, 0, 8, 8)))
	_, _, err = recognise(jpegClaiming(gray, 10000, 5000))
	require.NoError(t, err)
	_, _, err = recognise(jpegClaiming(gray, 10000, 5001))
	requireRefused(t, err, "10000 × 5001 pixels, which is too much")
}

func TestADecoderThatPanicsCostsOnlyItsUpload(t *testing.T) {
	p := formats["image/gif"]
	defer func() { formats["image/gif"] = p }()
	broken := p
	broken.decode = func(io.Reader) (image.Image, error) { panic("out of range") }
	formats["image/gif"] = broken
	_, err := develop(t.Context(), asGIF(paletted(quarters(), red, lime)))
	requireRefused(t, err, "is damaged")
}

func TestDevelopingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, upload := range [][]byte{asJPEG(quarters()), asPNG(quarters()), sample(t, "lossy.webp"), sample(t, "lossless.webp")} {
		_, err := develop(ctx, upload)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func FuzzPhoto(f *testing.F) {
	exif := exifOf(6, binary.BigEndian)
	for _, name := range []string{"ycck.jpg", "progressive.jpg", "interlaced.png", "lossy.webp", "lossless.webp", "transparent.webp"} {
		f.Add(sample(f, name))
	}
	f.Add(withEXIF(asJPEG(quarters()), exif))
	f.Add(withChunk(asPNG(quarters()), "eXIf", exif))
	f.Add(webpWith(sample(f, "lossy.webp"), 60, 40, exif))
	f.Add(asGIF(paletted(quarters(), red, lime, blue, yellow)))
	f.Add(jpegClaiming(asJPEG(quarters()), 50000, 50000))
	f.Add(pngClaiming(asPNG(quarters()), 50000, 50000))
	f.Add([]byte("text"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, upload []byte) {
		p, err := develop(t.Context(), upload)
		if err != nil {
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			return
		}
		requireBare(t, p.jpeg)
		requireBare(t, p.thumbnail)
		require.Equal(t, image.Rect(0, 0, p.width, p.height), sizeOf(t, p.jpeg))
		require.LessOrEqual(t, max(p.width, p.height), longSide)
		require.LessOrEqual(t, max(sizeOf(t, p.thumbnail).Dx(), sizeOf(t, p.thumbnail).Dy()), thumbnailLongSide)
	})
}

func BenchmarkDevelop(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"as a phone shrinks it", 2048, 1536}, {"12 megapixels", 4032, 3024}} {
		b.Run(size.name, func(b *testing.B) {
			upload := asJPEG(painted(size.w, size.h, func(x, y int) color.NRGBA {
				noise := uint8((x*7919 ^ y*104729) % 24)
				return color.NRGBA{uint8(x/16) + noise, uint8(y/12) + noise, uint8((x+y)/28) + noise, 255}
			}))
			b.SetBytes(int64(len(upload)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := develop(b.Context(), upload)
				require.NoError(b, err)
			}
		})
	}
}

func sizeOf(t testing.TB, file []byte) image.Rectangle {
	config, err := jpeg.DecodeConfig(bytes.NewReader(file))
	require.NoError(t, err)
	return image.Rect(0, 0, config.Width, config.Height)
}

// corners names the colours in the corners of a JPEG: upper left, upper right / lower left, lower right.
func corners(t testing.TB, file []byte) string {
	m, err := jpeg.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	r := m.Bounds()
	at := func(x, y int) string { return colourName(m.At(x, y)) }
	return fmt.Sprintf("%s %s / %s %s", at(0, 0), at(r.Max.X-1, 0), at(0, r.Max.Y-1), at(r.Max.X-1, r.Max.Y-1))
}

func colourName(c color.Color) string {
	r, g, b, _ := c.RGBA()
	for name, want := range map[string]color.NRGBA{
		"red": red, "lime": lime, "blue": blue, "yellow": yellow, "white": white, "black": {A: 255},
	} {
		far := func(have uint32, want uint8) bool { return math.Abs(float64(have>>8)-float64(want)) > 60 }
		if !far(r, want.R) && !far(g, want.G) && !far(b, want.B) {
			return name
		}
	}
	return fmt.Sprint(r>>8, " ", g>>8, " ", b>>8)
}

// requireBare walks through a JPEG and lets nothing pass but what draws the picture.
func requireBare(t testing.TB, file []byte) {
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

func requirePrintable(t testing.TB, p picture) {
	t.Helper()
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	for name, file := range map[string][]byte{"photo": p.jpeg, "thumbnail": p.thumbnail} {
		info := pdf.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(file))
		require.NotNil(t, info)
		pdf.ImageOptions(name, 10, 10, 50, 0, false, gofpdf.ImageOptions{}, 0, "")
	}
	var out bytes.Buffer
	require.NoError(t, pdf.Output(&out))
	require.Contains(t, out.String(), "/DCTDecode")
	require.Contains(t, out.String(), "/DeviceRGB")
}

func requireRefused(t testing.TB, err error, says string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Faults, 1)
	require.Contains(t, invalid.Faults[0].Detail, says)
}
