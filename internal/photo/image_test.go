package photo

import (
	"bytes"
	"context"
	"encoding/binary"
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
	"fieldcare/internal/photo/phototest"
)

func TestEveryKindOfPhotoBecomesAnUprightJPEGWithoutMetadata(t *testing.T) {
	big, little := phototest.EXIFOf(1, binary.BigEndian), phototest.EXIFOf(1, binary.LittleEndian)
	opaque := phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime, phototest.Blue, phototest.Yellow)
	clear := phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime, phototest.Blue, phototest.Yellow)
	clear.Palette[3] = color.NRGBA{}
	deep := image.NewRGBA64(image.Rect(0, 0, 60, 40))
	gray := image.NewGray(image.Rect(0, 0, 60, 40))
	half := phototest.Quarters()
	for y := range 40 {
		for x := range 60 {
			deep.Set(x, y, phototest.Quarters().At(x, y))
			gray.SetGray(x, y, color.Gray{uint8(255 * (y / 20))})
			if x >= 30 {
				half.SetNRGBA(x, y, color.NRGBA{})
			}
		}
	}
	jpg := phototest.JPEG(phototest.Quarters())
	cmyk := slices.Clone(phototest.Sample(t, "ycck.jpg"))
	cmyk[bytes.Index(cmyk, []byte("Adobe"))+11] = 0 // the same planes, to be read as plain CMYK: other colours

	for name, test := range map[string]struct {
		upload  []byte
		corners string
	}{
		"JPEG":                      {jpg, phototest.AsSent},
		"JPEG with a place":         {phototest.WithEXIF(jpg, big), phototest.AsSent},
		"JPEG with XMP":             {phototest.WithSegment(jpg, 0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>Sam</x:xmpmeta>"), phototest.AsSent},
		"JPEG with IPTC":            {phototest.WithSegment(jpg, 0xed, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x08\x1c\x02\x50\x00\x03Sam"), phototest.AsSent},
		"JPEG with a profile":       {phototest.WithSegment(jpg, 0xe2, "ICC_PROFILE\x00\x01\x01"+strings.Repeat("p", 200)), phototest.AsSent},
		"JPEG with a comment":       {phototest.WithSegment(jpg, 0xfe, "GPS of Sam"), phototest.AsSent},
		"JPEG with all of them":     {phototest.WithSegment(phototest.WithSegment(phototest.WithEXIF(jpg, little), 0xfe, "GPS"), 0xe2, "MPF\x00GPS"), phototest.AsSent},
		"JPEG with a ZIP behind it": {append(slices.Clone(jpg), "PK\x03\x04\x14\x00<script>alert(1)</script>PK\x05\x06"...), phototest.AsSent},
		"JPEG in gray":              {phototest.JPEG(gray), "black black / white white"},
		"JPEG, progressive":         {phototest.Sample(t, "progressive.jpg"), phototest.AsSent},
		"JPEG in YCCK":              {phototest.Sample(t, "ycck.jpg"), phototest.AsSent},
		"JPEG in CMYK":              {cmyk, ""},
		"JPEG of one pixel":         {phototest.JPEG(image.NewGray(image.Rect(0, 0, 1, 1))), "black black / black black"},
		"PNG":                       {phototest.PNG(phototest.Quarters()), phototest.AsSent},
		"PNG with a place":          {phototest.WithChunk(phototest.PNG(phototest.Quarters()), "eXIf", big), phototest.AsSent},
		"PNG with texts":            {phototest.WithChunk(phototest.PNG(phototest.Quarters()), "tEXt", "Author\x00GPS of Sam"), phototest.AsSent},
		"PNG of 16 bits":            {phototest.PNG(deep), phototest.AsSent},
		"PNG, interlaced":           {phototest.Sample(t, "interlaced.png"), phototest.AsSent},
		"PNG with a palette":        {phototest.PNG(opaque), phototest.AsSent},
		"PNG with a clear colour":   {phototest.PNG(clear), "red lime / blue white"},
		"PNG, half transparent":     {phototest.PNG(half), "red white / blue white"},
		"PNG in gray":               {phototest.PNG(gray), "black black / white white"},
		"WebP":                      {phototest.Sample(t, "lossy.webp"), phototest.AsSent},
		"WebP, lossless":            {phototest.Sample(t, "lossless.webp"), phototest.AsSent},
		"WebP, half transparent":    {phototest.Sample(t, "transparent.webp"), "red white / blue white"},
		"WebP with a place":         {phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 60, 40, big), phototest.AsSent},
		"GIF":                       {phototest.GIF(opaque), phototest.AsSent},
		"GIF that moves":            {phototest.GIF(opaque, clear), phototest.AsSent},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := develop(t.Context(), test.upload)
			require.NoError(t, err)
			require.Equal(t, p.Width, sizeOf(t, p.Thumbnail).Dx(), "so small a picture is not scaled")
			if test.corners != "" {
				require.Equal(t, test.corners, phototest.Corners(t, p.JPEG))
				require.Equal(t, test.corners, phototest.Corners(t, p.Thumbnail))
			}
			phototest.RequireBare(t, p.JPEG)
			phototest.RequireBare(t, p.Thumbnail)
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
		0: phototest.AsSent, 1: phototest.AsSent, 9: phototest.AsSent, 65535: phototest.AsSent,
		2: "lime red / yellow blue", // top, right
		3: "yellow blue / lime red", // bottom, right
		4: "blue yellow / red lime", // bottom, left
		5: "red blue / lime yellow", // left, top
		6: "blue red / yellow lime", // right, top: the usual one of a phone held upright
		7: "yellow lime / blue red", // right, bottom
		8: "lime yellow / red blue", // left, bottom
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			exif := phototest.EXIFOf(orientation, order)
			for name, upload := range map[string][]byte{
				"JPEG": phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), exif),
				"PNG":  phototest.WithChunk(phototest.PNG(phototest.Quarters()), "eXIf", exif),
				"WebP": phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 60, 40, exif),
			} {
				p, err := develop(t.Context(), upload)
				require.NoError(t, err)
				require.Equal(t, upright, phototest.Corners(t, p.JPEG), "%s, orientation %d, %v", name, orientation, order)
				require.Equal(t, upright, phototest.Corners(t, p.Thumbnail))
				w, h := 60, 40
				if orientation >= 5 && orientation <= 8 {
					w, h = 40, 60
				}
				require.Equal(t, []int{w, h}, []int{p.Width, p.Height})
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
		p, err := develop(t.Context(), phototest.JPEG(image.NewGray(image.Rect(0, 0, test.w, test.h))))
		require.NoError(t, err)
		require.Equal(t, []int{test.storedW, test.storedH}, []int{p.Width, p.Height})
		require.Equal(t, image.Rect(0, 0, test.storedW, test.storedH), sizeOf(t, p.JPEG))
		require.Equal(t, image.Rect(0, 0, test.thumbW, test.thumbH), sizeOf(t, p.Thumbnail))
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
			phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), phototest.EXIFOf(6, order)),
			phototest.WithChunk(phototest.PNG(phototest.Quarters()), "eXIf", phototest.EXIFOf(6, order)),
			phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 60, 40, phototest.EXIFOf(6, order)),
			phototest.WebPWith(phototest.Sample(t, "lossless.webp"), 60, 40, phototest.EXIFOf(6, order)), // its image has an odd number of bytes
			phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 60, 40, "Exif\x00\x00"+phototest.EXIFOf(6, order)),
		} {
			p, err := develop(t.Context(), upload)
			require.NoError(t, err)
			require.Equal(t, EXIF{Taken: "2026-11-21T14:05:03+01:00", Position: warsaw, orientation: 6}, p.EXIF)
		}
	}
}

func TestWhatMakesNoSenseInEXIFIsLeftOut(t *testing.T) {
	f := &phototest.TIFF{Order: binary.BigEndian}
	place := func(lat, ns, lon, ew phototest.Tag) []phototest.Tag { return []phototest.Tag{lat, ns, lon, ew} }
	n, e := f.Text(1, "N"), f.Text(3, "E")
	lat, lon := f.Rationals(2, 52, 1, 30, 1, 0, 1), f.Rationals(4, 21, 1, 0, 1, 0, 1)
	for name, test := range map[string]struct {
		exif, gps []phototest.Tag
		want      EXIF
	}{
		"a time without an offset":  {[]phototest.Tag{f.Text(0x9003, "2026:11:21 14:05:03")}, nil, EXIF{Taken: "2026-11-21T14:05:03"}},
		"an offset without a time":  {[]phototest.Tag{f.Text(0x9011, "+01:00")}, nil, EXIF{}},
		"an offset that is none":    {[]phototest.Tag{f.Text(0x9003, "2026:11:21 14:05:03"), f.Text(0x9011, "\xff\x00;--")}, nil, EXIF{Taken: "2026-11-21T14:05:03"}},
		"a time of a reset clock":   {[]phototest.Tag{f.Text(0x9003, "0000:00:00 00:00:00")}, nil, EXIF{}},
		"a time of blanks":          {[]phototest.Tag{f.Text(0x9003, "    :  :     :  :  ")}, nil, EXIF{}},
		"a time that is a number":   {[]phototest.Tag{f.Short(0x9003, 7)}, nil, EXIF{}},
		"south and west":            {nil, place(lat, f.Text(1, "S"), lon, f.Text(3, "W")), EXIF{Position: &Position{Lat: -52.5, Lon: -21}}},
		"a place without its sides": {nil, []phototest.Tag{lat, lon}, EXIF{}},
		"a place on no side":        {nil, place(lat, f.Text(1, "X"), lon, e), EXIF{}},
		"half a place":              {nil, []phototest.Tag{lat, n}, EXIF{}},
		"a place off the earth":     {nil, place(f.Rationals(2, 91, 1, 0, 1, 0, 1), n, lon, e), EXIF{}},
		"a place of zeros":          {nil, place(f.Rationals(2, 0, 1, 0, 1, 0, 1), n, f.Rationals(4, 0, 1, 0, 1, 0, 1), e), EXIF{}},
		"a place divided by zero":   {nil, place(f.Rationals(2, 0, 0, 0, 0, 0, 0), n, f.Rationals(4, 0, 0, 0, 0, 0, 0), e), EXIF{}},
		"a place in words":          {nil, place(f.Text(2, "here"), n, f.Text(4, "there"), e), EXIF{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &phototest.TIFF{Order: binary.BigEndian}
			f.IFDs[1], f.IFDs[2] = test.exif, test.gps
			p, err := develop(t.Context(), phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), f.Bytes()))
			require.NoError(t, err)
			require.Equal(t, test.want, p.EXIF)
		})
	}
}

func TestTheThumbnailsOrientationIsNotThePhotos(t *testing.T) {
	f := &phototest.TIFF{Order: binary.BigEndian}
	f.IFDs[0], f.IFDs[3] = []phototest.Tag{f.Text(0x010f, "Maker")}, []phototest.Tag{f.Short(0x0112, 3)}
	p, err := develop(t.Context(), phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), f.Bytes()))
	require.NoError(t, err)
	require.Equal(t, phototest.AsSent, phototest.Corners(t, p.JPEG))
}

func TestBrokenEXIFDoesNotCostThePhoto(t *testing.T) {
	whole := phototest.EXIFOf(6, binary.LittleEndian)
	for cut := range len(whole) {
		broken := []string{whole[:cut]}
		for _, b := range []byte{0x00, 0x01, 0x7f, 0xff} {
			broken = append(broken, whole[:cut]+string([]byte{b})+whole[cut+1:])
		}
		for _, exif := range broken {
			for kind, upload := range map[imagemeta.ImageFormat][]byte{
				imagemeta.JPEG: phototest.WithEXIF([]byte{0xff, 0xd8}, exif),
				imagemeta.PNG:  phototest.WithChunk(make([]byte, 33), "eXIf", exif),
				imagemeta.WebP: phototest.WebPWith(make([]byte, 12), 1, 1, exif),
			} {
				e := readEXIF(bytes.NewReader(upload), kind)
				require.LessOrEqual(t, e.orientation, 8)
				require.True(t, e.Position == nil || math.Abs(e.Position.Lat) <= 90 && math.Abs(e.Position.Lon) <= 180)
			}
		}
	}
	p, err := develop(t.Context(), phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), whole[:len(whole)/2]))
	require.NoError(t, err)
	require.Equal(t, "blue red / yellow lime", phototest.Corners(t, p.JPEG), "what stands before the damage still holds")
}

func TestWhatIsNoPhotoIsRefusedWithWhatWouldBeRight(t *testing.T) {
	jpg, pic := phototest.JPEG(phototest.Quarters()), phototest.PNG(phototest.Quarters())
	gif := phototest.GIF(phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime, phototest.Blue, phototest.Yellow))
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
		"a JPEG of 50,000 × 50,000":  {phototest.JPEGClaiming(jpg, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 50,000 × 50,000":   {phototest.PNGClaiming(pic, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 2³¹-1 × 2³¹-1":     {phototest.PNGClaiming(pic, math.MaxInt32, math.MaxInt32), "is damaged"},
		"a WebP of 50,000 × 40,000":  {phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 50000, 40000, ""), "50000 × 40000 pixels, which is too much"},
		"a WebP of 50,000 × 50,000":  {phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 50000, 50000, ""), "is damaged"},
		"a GIF of 50,000 × 50,000":   {phototest.GIFClaiming(gif, 50000, 50000), "50000 × 50000 pixels, which is too much"},
		"a PNG of 65,536 × 1":        {phototest.PNGClaiming(pic, 65536, 1), "65536 × 1 pixels, which is too much"},
		"a GIF of nothing":           {phototest.GIFClaiming(gif, 0, 0), "without a single pixel"},
		"a JPEG of nothing":          {phototest.JPEGClaiming(jpg, 0, 0), "without a single pixel"},
		"a WebP that lies of itself": {phototest.WebPWith(phototest.Sample(t, "lossy.webp"), 61, 40, ""), "is damaged"},
		"only the start of a JPEG":   {jpg[:3], "ends before the picture does: send the whole file"},
		"only the start of a PNG":    {pic[:8], "ends before the picture does: send the whole file"},
		"a PNG with a wrong sum":     {append(slices.Clone(pic[:30]), append([]byte{pic[30] ^ 1}, pic[31:]...)...), "is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := develop(t.Context(), test.upload)
			phototest.RequireRefused(t, err, test.says)
		})
	}
	for name, whole := range map[string][]byte{
		"JPEG": jpg, "progressive": phototest.Sample(t, "progressive.jpg"), "PNG": pic, "interlaced": phototest.Sample(t, "interlaced.png"),
		"lossy": phototest.Sample(t, "lossy.webp"), "lossless": phototest.Sample(t, "lossless.webp"), "GIF": gif[:len(gif)-20],
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
		"JPEG":                   {phototest.JPEG(phototest.Quarters()), 3},
		"JPEG in gray":           {phototest.JPEG(image.NewGray(image.Rect(0, 0, 8, 8))), 1},
		"JPEG, progressive":      {phototest.Sample(t, "progressive.jpg"), 15},
		"JPEG in YCCK":           {phototest.Sample(t, "ycck.jpg"), 8},
		"JPEG in RGB":            {phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00"), 7},
		"JPEG, filled up":        {slices.Concat([]byte{0xff, 0xd8, 0xff}, phototest.JPEG(phototest.Quarters())[2:]), 15},
		"JPEG, with a decoy":     {slices.Concat([]byte{0xff, 0xd8, 0xff, 0x00, 0x00, 0x04, 0x11, 0x11}, phototest.JPEG(phototest.Quarters())[2:]), 15},
		"JPEG, with another":     {slices.Concat([]byte{0xff, 0xd8, 0xff, 0xd0, 0x00, 0x04, 0x11, 0x11}, phototest.JPEG(phototest.Quarters())[2:]), 15},
		"JPEG, with a trap":      {phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xfe, strings.Repeat("\xff\xc0", 32750)), 3},
		"JPEG, filled and trap":  {slices.Concat([]byte{0xff, 0xd8, 0xff}, phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xfe, strings.Repeat("\xff\xc0", 32750))[2:]), 15},
		"JPEG, with a gap":       {slices.Concat([]byte{0xff, 0xd8, 0xff, 0x00, 0xff, 0x00}, phototest.JPEG(phototest.Quarters())[2:]), 15},
		"PNG":                    {phototest.PNG(phototest.Quarters()), 4},
		"PNG of 16 bits":         {phototest.PNG(image.NewRGBA64(image.Rect(0, 0, 8, 8))), 8},
		"PNG, interlaced":        {phototest.Sample(t, "interlaced.png"), 6},
		"WebP":                   {phototest.Sample(t, "lossless.webp"), 8},
		"JPEG, thumbnail before": {phototest.WithSegment(phototest.JPEG(phototest.Quarters()), 0xe1, "Exif\x00\x00\xff\xd8\xff\xc2\x00\x11"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			f, _, err := recognise(test.upload)
			require.NoError(t, err)
			config, err := f.config(bytes.NewReader(test.upload))
			require.NoError(t, err)
			require.Equal(t, test.perPixel, f.perPixel(test.upload, config))
		})
	}
	sixteen, eight := phototest.PNG(image.NewRGBA64(image.Rect(0, 0, 8, 8))), phototest.PNG(phototest.Quarters())
	_, _, err := recognise(phototest.PNGClaiming(eight, 7000, 7000))
	require.NoError(t, err, "49 megapixels of 4 bytes are within bounds")
	_, _, err = recognise(phototest.PNGClaiming(sixteen, 7000, 7000))
	phototest.RequireRefused(t, err, "7000 × 7000 pixels, which is too much")
	_, _, err = recognise(phototest.JPEGClaiming(phototest.JPEG(phototest.Quarters()), 8064, 6048))
	require.NoError(t, err, "a phone of 48 megapixels")
	gray := phototest.JPEG(image.NewGray(image.Rect(0, 0, 8, 8)))
	_, _, err = recognise(phototest.JPEGClaiming(gray, 10000, 5000))
	require.NoError(t, err)
	_, _, err = recognise(phototest.JPEGClaiming(gray, 10000, 5001))
	phototest.RequireRefused(t, err, "10000 × 5001 pixels, which is too much")
}

func TestADecoderThatPanicsCostsOnlyItsUpload(t *testing.T) {
	p := formats["image/gif"]
	defer func() { formats["image/gif"] = p }()
	broken := p
	broken.decode = func(io.Reader) (image.Image, error) { panic("out of range") }
	formats["image/gif"] = broken
	_, err := develop(t.Context(), phototest.GIF(phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime)))
	phototest.RequireRefused(t, err, "is damaged")
}

func TestDevelopingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, upload := range [][]byte{phototest.JPEG(phototest.Quarters()), phototest.PNG(phototest.Quarters()), phototest.Sample(t, "lossy.webp"), phototest.Sample(t, "lossless.webp")} {
		_, err := develop(ctx, upload)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func FuzzPhoto(f *testing.F) {
	exif := phototest.EXIFOf(6, binary.BigEndian)
	for _, name := range []string{"ycck.jpg", "progressive.jpg", "interlaced.png", "lossy.webp", "lossless.webp", "transparent.webp"} {
		f.Add(phototest.Sample(f, name))
	}
	f.Add(phototest.WithEXIF(phototest.JPEG(phototest.Quarters()), exif))
	f.Add(phototest.WithChunk(phototest.PNG(phototest.Quarters()), "eXIf", exif))
	f.Add(phototest.WebPWith(phototest.Sample(f, "lossy.webp"), 60, 40, exif))
	f.Add(phototest.GIF(phototest.Paletted(phototest.Quarters(), phototest.Red, phototest.Lime, phototest.Blue, phototest.Yellow)))
	f.Add(phototest.JPEGClaiming(phototest.JPEG(phototest.Quarters()), 50000, 50000))
	f.Add(phototest.PNGClaiming(phototest.PNG(phototest.Quarters()), 50000, 50000))
	f.Add([]byte("text"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, upload []byte) {
		p, err := develop(t.Context(), upload)
		if err != nil {
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			return
		}
		phototest.RequireBare(t, p.JPEG)
		phototest.RequireBare(t, p.Thumbnail)
		require.Equal(t, image.Rect(0, 0, p.Width, p.Height), sizeOf(t, p.JPEG))
		require.LessOrEqual(t, max(p.Width, p.Height), longSide)
		require.LessOrEqual(t, max(sizeOf(t, p.Thumbnail).Dx(), sizeOf(t, p.Thumbnail).Dy()), thumbnailLongSide)
	})
}

func BenchmarkDevelop(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"as a phone shrinks it", 2048, 1536}, {"12 megapixels", 4032, 3024}} {
		b.Run(size.name, func(b *testing.B) {
			upload := phototest.JPEG(phototest.Painted(size.w, size.h, func(x, y int) color.NRGBA {
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

func requirePrintable(t testing.TB, p Picture) {
	t.Helper()
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	for name, file := range map[string][]byte{"photo": p.JPEG, "thumbnail": p.Thumbnail} {
		info := pdf.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(file))
		require.NotNil(t, info)
		pdf.ImageOptions(name, 10, 10, 50, 0, false, gofpdf.ImageOptions{}, 0, "")
	}
	var out bytes.Buffer
	require.NoError(t, pdf.Output(&out))
	require.Contains(t, out.String(), "/DCTDecode")
	require.Contains(t, out.String(), "/DeviceRGB")
}
