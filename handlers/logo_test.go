package handlers_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"
	"github.com/stretchr/testify/require"
)

// disc is a logo: a green disc on nothing.
func disc(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			if dx, dy := 2*x-width, 2*y-height; dx*dx+dy*dy < height*height {
				m.SetNRGBA(x, y, color.NRGBA{0, 128, 64, 255})
			}
		}
	}
	return m
}

func asPNG(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func asJPEG(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

// claiming is a PNG whose header claims another size.
func claiming(picture []byte, width, height uint32) []byte {
	picture = bytes.Clone(picture)
	binary.BigEndian.PutUint32(picture[16:], width)
	binary.BigEndian.PutUint32(picture[20:], height)
	binary.BigEndian.PutUint32(picture[29:], crc32.ChecksumIEEE(picture[12:29]))
	return picture
}

func TestALogoIsLaidOnWhiteScaledDownAndReadByEverybody(t *testing.T) {
	w := newWorld(t)
	for _, who := range []*person{w.sam, w.max, w.moe, w.carol, w.ada} {
		who.get("/settings/logo").isProblem(404, "not-found")
	}
	for what, logo := range map[string]struct {
		sent          []byte
		width, height int
	}{
		"PNG with alpha":       {asPNG(t, disc(120, 40)), 120, 40},
		"JPEG":                 {asJPEG(t, disc(300, 300)), 240, 240},
		"a wide one":           {asPNG(t, disc(2400, 100)), 600, 25},
		"a high one":           {asPNG(t, disc(100, 2400)), 10, 240},
		"a line":               {asPNG(t, disc(1, 5000)), 1, 240},
		"just so large":        {asPNG(t, disc(600, 240)), 600, 240},
		"one pixel":            {asPNG(t, disc(1, 1)), 1, 1},
		"gray":                 {asPNG(t, image.NewGray(image.Rect(0, 0, 30, 20))), 30, 20},
		"gray of 16 bits":      {asPNG(t, image.NewGray16(image.Rect(0, 0, 30, 21))), 30, 21},
		"colours and 16 bits":  {asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 30, 22))), 30, 22},
		"a palette with alpha": {asPNG(t, image.NewPaletted(image.Rect(0, 0, 30, 23), color.Palette{color.NRGBA{}, color.Black})), 30, 23},
	} {
		put := w.ada.put("/settings/logo", logo.sent).is(200)
		said := put.object()["logo"].(map[string]any)
		require.EqualValues(t, []any{float64(logo.width), float64(logo.height)}, []any{said["width"], said["height"]}, what)
		require.Equal(t, put.object(), w.carol.get("/settings").is(200).object(), what)

		read := w.sam.get("/settings/logo").is(200)
		require.Equal(t, "image/png", read.header.Get("Content-Type"))
		require.Equal(t, `"`+hashOf(read.body)+`"`, read.header.Get("ETag"))
		require.Equal(t, hashOf(read.body), said["hash"])
		for _, who := range []*person{w.max, w.moe, w.carol} {
			require.Equal(t, read.body, who.get("/settings/logo").is(200).body)
		}
		drawn, err := png.Decode(bytes.NewReader(read.body))
		require.NoError(t, err, what)
		require.Equal(t, image.Rect(0, 0, logo.width, logo.height), drawn.Bounds(), what)
		// IHDR: 8 bits, true colour without alpha, not interlaced.
		require.Equal(t, []byte{8, 2, 0, 0, 0}, read.body[24:29], what)

		page := gofpdf.New("P", "mm", "A4", "")
		page.AddPage()
		page.RegisterImageOptionsReader("logo", gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(read.body))
		page.ImageOptions("logo", 10, 10, 40, 0, false, gofpdf.ImageOptions{ImageType: "PNG"}, 0, "")
		require.NoError(t, page.Output(new(bytes.Buffer)), what)
	}
}

func TestWhatWasClearInALogoIsWhite(t *testing.T) {
	w := newWorld(t)
	for _, m := range []*image.NRGBA{disc(120, 40), disc(1200, 400)} {
		w.ada.put("/settings/logo", asPNG(t, m)).is(200)
		drawn, err := png.Decode(bytes.NewReader(w.max.get("/settings/logo").is(200).body))
		require.NoError(t, err)
		size := drawn.Bounds()
		require.Equal(t, color.RGBA{255, 255, 255, 255}, color.RGBAModel.Convert(drawn.At(0, 0)))
		require.Equal(t, color.RGBA{0, 128, 64, 255}, color.RGBAModel.Convert(drawn.At(size.Dx()/2, size.Dy()/2)))
	}
}

func TestTheSameLogoAgainChangesNothing(t *testing.T) {
	w := newWorld(t)
	logo := asPNG(t, disc(120, 40))
	require.Equal(t, `"1"`, w.ada.put("/settings/logo", logo).is(200).header.Get("ETag"))
	require.Equal(t, `"1"`, w.ada.put("/settings/logo", logo).is(200).header.Get("ETag"))
	require.Equal(t, `"2"`, w.ada.put("/settings/logo", asPNG(t, disc(120, 44))).is(200).header.Get("ETag"))
	w.ada.patch("/settings", 1, body{"organisation": "Too late"}).is(412)
	require.Contains(t, w.ada.patch("/settings", 2, body{"organisation": "Northwind"}).is(200).object(), "logo", "a change of something else keeps it")

	gone := w.ada.delete("/settings/logo").is(200)
	require.Equal(t, `"4"`, gone.header.Get("ETag"))
	require.NotContains(t, gone.object(), "logo")
	require.Equal(t, `"4"`, w.ada.delete("/settings/logo").is(200).header.Get("ETag"))
	w.sam.get("/settings/logo").isProblem(404, "not-found")
	require.Equal(t, `"5"`, w.ada.put("/settings/logo", logo).is(200).header.Get("ETag"))

	var told []string
	for _, line := range w.ada.get("/audit?kind=settings").is(200).items() {
		told = append(told, line["action"].(string)+" "+jsonText(line["fields"]))
	}
	require.Equal(t, []string{`change ["logo"]`, `delete ["logo"]`, `change ["organisation"]`, `change ["logo"]`, `change ["logo"]`}, told)
}

func TestOnlyAdminsSetTheLogo(t *testing.T) {
	w := newWorld(t)
	for _, who := range []*person{w.sam, w.max, w.moe, w.carol} {
		who.put("/settings/logo", asPNG(t, disc(12, 4))).is(403)
		who.delete("/settings/logo").is(403)
	}
	w.nobody.get("/settings/logo").is(401)
}

func TestWhatIsNoLogoIsRefusedWithWhatWouldBeRight(t *testing.T) {
	w := newWorld(t)
	logo := asPNG(t, disc(120, 40))
	before := w.ada.put("/settings/logo", logo).is(200).object()
	var moving bytes.Buffer
	require.NoError(t, gif.Encode(&moving, disc(12, 12), nil))
	for what, c := range map[string]struct {
		sent []byte
		says string
	}{
		"a text that is called a PNG": {[]byte("logo.png, said the label"), "is text/plain: send the logo as a PNG or a JPEG"},
		"a GIF":                       {moving.Bytes(), "is image/gif: send the logo as a PNG or a JPEG"},
		"an SVG":                      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "is image/svg+xml: send the logo as a PNG or a JPEG"},
		"half a PNG":                  {logo[:len(logo)/2], "is damaged"},
		"a JPEG without its end":      {asJPEG(t, disc(120, 40))[:400], "ends before the picture does"},
		"a huge one":                  {claiming(logo, 60000, 60000), "has 60000 × 60000 pixels, which is too much: make it smaller than 16 megapixels"},
		"a little too large":          {claiming(logo, 4001, 4000), "which is too much"},
		"one of no pixels":            {claiming(logo, 0, 40), "is damaged"},
	} {
		a := w.ada.raw("PUT", "/api/v1/settings/logo", c.sent, "Content-Type", "image/png").isProblem(422, "invalid")
		require.Contains(t, a.faults()[""], c.says, what)
	}
	w.ada.put("/settings/logo", nil).is(400)
	w.ada.raw("PUT", "/api/v1/settings/logo", append(bytes.Clone(logo), strings.Repeat("x", 1_100_000)...), "Content-Type", "image/png").isProblem(413, "too-large")
	require.Equal(t, before, w.ada.get("/settings").object())

	// A megabyte is not too much; what stands behind a picture is not kept.
	full := append(bytes.Clone(logo), strings.Repeat("x", 1<<20-len(logo))...)
	require.Equal(t, before, w.ada.put("/settings/logo", full).is(200).object())
}
