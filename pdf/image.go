package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	pixels "image/draw"
	"image/jpeg"
	"image/png"
	"sync/atomic"
)

// picture is an image as it is embedded.
type picture struct {
	width, height int
	space         string // of its colours
	data          []byte
	filter        string
	alpha         []byte // how much of each pixel shows, compressed; nil where all of it does
}

// aspect is the width over the height.
func (p *picture) aspect() float64 { return float64(p.width) / float64(p.height) }

// photo takes a JPEG as it is. It is nil of what is none, or of none that a reader of documents knows.
func photo(data []byte) *picture {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil
	}
	p := &picture{width: config.Width, height: config.Height, data: data, filter: "/DCTDecode"}
	switch config.ColorModel {
	case color.YCbCrModel:
		p.space = "/DeviceRGB"
	case color.GrayModel:
		p.space = "/DeviceGray"
	default:
		return nil
	}
	return p
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
func logo(data []byte, f *file) *picture {
	if len(data) == 0 {
		return nil
	}
	sum := sha256.Sum256(data)
	if last := lastLogo.Load(); last != nil && last.sum == sum {
		return last.picture
	}
	p := decodeLogo(data, f)
	lastLogo.Store(&struct {
		sum [sha256.Size]byte
		*picture
	}{sum, p})
	return p
}

func decodeLogo(data []byte, f *file) *picture {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width*config.Height > mostLogoPixels {
		return nil
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	rgba := image.NewNRGBA(image.Rect(0, 0, config.Width, config.Height))
	pixels.Draw(rgba, rgba.Rect, decoded, decoded.Bounds().Min, pixels.Src)
	rgb, alpha := make([]byte, 0, len(rgba.Pix)/4*3), make([]byte, 0, len(rgba.Pix)/4)
	opaque := true
	for i := 0; i < len(rgba.Pix); i += 4 {
		rgb = append(rgb, rgba.Pix[i:i+3]...)
		alpha = append(alpha, rgba.Pix[i+3])
		opaque = opaque && rgba.Pix[i+3] == 255
	}
	p := &picture{width: config.Width, height: config.Height, space: "/DeviceRGB", data: f.compressed(rgb), filter: "/FlateDecode"}
	if !opaque {
		p.alpha = f.compressed(alpha)
	}
	return p
}

func (p *picture) write(to *file, r ref) {
	dictionary := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", p.width, p.height)
	mask := ""
	if p.alpha != nil {
		r := to.reserve()
		to.stream(r, dictionary+"/ColorSpace/DeviceGray/Filter/FlateDecode", p.alpha)
		mask = fmt.Sprintf("/SMask %v", r)
	}
	to.stream(r, dictionary+"/ColorSpace"+p.space+"/Filter"+p.filter+mask, p.data)
}
