package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"image"
	"image/color"
	pixels "image/draw"
	"image/jpeg"
	"image/png"
	"strconv"
	"sync/atomic"

	"github.com/jung-kurt/gofpdf"
)

// picture is an image as it is embedded: one that the library is known to take.
type picture struct {
	width, height int
	kind          string // JPG or PNG
	data          []byte
}

// aspect is the width over the height.
func (p *picture) aspect() float64 { return float64(p.width) / float64(p.height) }

// photo takes a JPEG as it is. It is nil of what is none, or of none that a reader of documents knows.
func photo(data []byte) *picture {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil
	}
	if config.ColorModel != color.YCbCrModel && config.ColorModel != color.GrayModel {
		return nil
	}
	return &picture{width: config.Width, height: config.Height, kind: "JPG", data: data}
}

// mostLogoPixels is the size up to which a logo is looked at.
const mostLogoPixels = 4 << 20

// lastLogo keeps what became of the logo drawn last: an organisation has one, and to decode it takes longer than to draw
// a report.
var lastLogo atomic.Pointer[struct {
	sum [sha256.Size]byte
	*picture
}]

// logo takes a PNG. It is nil of what is none.
func logo(data []byte) *picture {
	if len(data) == 0 {
		return nil
	}
	sum := sha256.Sum256(data)
	if last := lastLogo.Load(); last != nil && last.sum == sum {
		return last.picture
	}
	p := decodeLogo(data)
	lastLogo.Store(&struct {
		sum [sha256.Size]byte
		*picture
	}{sum, p})
	return p
}

// decodeLogo makes of any PNG one of the plain kind: the library takes no interlaced ones and none of 16 bits.
func decodeLogo(data []byte) *picture {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width*config.Height > mostLogoPixels {
		return nil
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	bounds := image.Rect(0, 0, config.Width, config.Height)
	onWhite := image.NewRGBA(bounds)
	pixels.Draw(onWhite, bounds, image.White, image.Point{}, pixels.Src)
	pixels.Draw(onWhite, bounds, decoded, decoded.Bounds().Min, pixels.Over)
	var out bytes.Buffer
	if err := png.Encode(&out, onWhite); err != nil {
		return nil
	}
	return &picture{width: config.Width, height: config.Height, kind: "PNG", data: out.Bytes()}
}

// register gives the picture to a document under its number.
//
// The library writes pictures in the order of their widths, and those of the same width in a random one: the same report
// would not be the same bytes. It keeps a width as a fraction and writes it as a whole number, so that a millionth more
// for each picture settles the order and changes nothing else. The one way to its figures is the form that it gives
// others for keeping them.
func (p *picture) register(f *gofpdf.Fpdf, number int) error {
	info := f.RegisterImageOptionsReader(strconv.Itoa(number), gofpdf.ImageOptions{ImageType: p.kind}, bytes.NewReader(p.data))
	if f.Err() {
		return f.Error()
	}
	kept, err := info.GobEncode()
	if err != nil {
		return err
	}
	var data, mask, palette []byte
	var object, bits int
	var width, height, scale, dpi float64
	var space, filter, parameters string
	var transparent []int
	fields := []any{&data, &mask, &object, &width, &height, &space, &palette, &bits, &filter, &parameters, &transparent, &scale, &dpi}
	from := gob.NewDecoder(bytes.NewReader(kept))
	for _, field := range fields {
		if err := from.Decode(field); err != nil {
			return err
		}
	}
	width += float64(number) * 1e-6
	var changed bytes.Buffer
	to := gob.NewEncoder(&changed)
	for _, field := range fields {
		if err := to.Encode(field); err != nil {
			return err
		}
	}
	return info.GobDecode(changed.Bytes())
}
