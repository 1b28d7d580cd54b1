// Package photo makes pictures of what people upload, and keeps files so that they are there after a crash. It knows
// neither of those who upload nor of what the pictures are for.
package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"github.com/bep/imagemeta"
	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/webp"

	"fieldcare/internal/fault"
)

// The bounds of an upload. Sizes are looked at before anything is decoded.
const (
	// MaxUpload is how many bytes one upload may have.
	MaxUpload = 20 << 20

	// MaxSide, in pixels, is what a JPEG can have.
	MaxSide = 65535

	maxPixels  = 50_000_000
	maxDecoded = 300 << 20 // bytes that a decoder may take

	longSide          = 2048 // pixels, of the stored picture
	thumbnailLongSide = 400
	quality           = 85
	thumbnailQuality  = 75
)

// Picture is what becomes of an upload: two upright baseline JPEGs in RGB that carry no metadata, and what the upload's
// EXIF said of itself. The same upload always gives the same bytes.
type Picture struct {
	JPEG          []byte
	Thumbnail     []byte
	Width, Height int // of JPEG
	EXIF          EXIF
}

// format is a kind of picture that is accepted, and how it is read.
type format struct {
	decode func(io.Reader) (image.Image, error)
	config func(io.Reader) (image.Config, error)
	// perPixel is the most bytes that decode holds for each pixel of this upload.
	perPixel func(upload []byte, config image.Config) int64
	metadata imagemeta.ImageFormat // ImageFormatAuto where there is none to read
}

var formats = map[string]format{
	"image/jpeg": {jpeg.Decode, jpeg.DecodeConfig, jpegBytes, imagemeta.JPEG},
	"image/png":  {png.Decode, png.DecodeConfig, pngBytes, imagemeta.PNG},
	"image/apng": {png.Decode, png.DecodeConfig, pngBytes, imagemeta.PNG},
	"image/webp": {webp.Decode, webp.DecodeConfig, always(8), imagemeta.WebP},
	"image/gif":  {gif.Decode, gif.DecodeConfig, always(1), imagemeta.ImageFormatAuto}, // the first frame
}

// develop makes a picture of an upload: JPEG (baseline, progressive, gray, CMYK, YCCK), PNG, WebP without animation, or
// GIF. Transparency becomes white. Anything else, anything broken or out of bounds is a fault.Invalid.
//
// At its peak it holds the upload and the decoder's memory: 1.5 to 3 bytes a pixel for the usual JPEG (18 to 36 MB
// for 12 megapixels), never more than 300 MB. What is made of it adds at most 40 MB.
func develop(ctx context.Context, upload []byte) (p Picture, err error) {
	f, size, err := recognise(upload)
	if err != nil {
		return Picture{}, err
	}
	large, exif, err := f.upright(ctx, upload, size, func(size image.Rectangle, _ int) (w, h int) { return fit(size, longSide) })
	if err != nil {
		return Picture{}, err
	}
	p.EXIF, p.Width, p.Height = exif, large.Rect.Dx(), large.Rect.Dy()
	w, h := fit(large.Rect, thumbnailLongSide)
	if p.Thumbnail, err = encode(shrink(large, large.Rect, w, h), thumbnailQuality); err != nil {
		return Picture{}, err
	}
	p.JPEG, err = encode(large, quality)
	return p, err
}

// Upright decodes an upload, lays it on white, scales it to what fit makes of its size and orientation (EXIF's, 0 to 8)
// before it is turned, and turns it upright. What is not a photo, has more pixels than that, or is broken is a
// fault.Invalid. When ctx ends first, its error comes back.
func Upright(ctx context.Context, upload []byte, mostPixels int64, fit func(size image.Rectangle, orientation int) (w, h int)) (*image.RGBA, error) {
	f, err := formatOf(upload)
	if err != nil {
		return nil, err
	}
	size, err := f.bounded(upload, mostPixels)
	if err != nil {
		return nil, err
	}
	m, _, err := f.upright(ctx, upload, size, fit)
	return m, err
}

func (f format) upright(ctx context.Context, upload []byte, size image.Rectangle, fit func(image.Rectangle, int) (w, h int)) (*image.RGBA, EXIF, error) {
	decoded, err := guarded(f.decode, newFeed(ctx, upload))
	if ctx.Err() != nil {
		return nil, EXIF{}, ctx.Err()
	}
	if err != nil {
		return nil, EXIF{}, unreadable(err)
	}
	exif := readEXIF(newFeed(ctx, upload), f.metadata)
	w, h := fit(size, exif.orientation)
	return upright(shrink(decoded, size, w, h), exif.orientation), exif, nil
}

// Scaled makes a JPEG no larger than that on its longer side: the file itself where it is small enough, nil where it
// cannot be read. When ctx ends first, its error comes back.
func Scaled(ctx context.Context, file []byte, side int) ([]byte, error) {
	config, err := guarded(jpeg.DecodeConfig, newFeed(ctx, file))
	if err != nil {
		return nil, ctx.Err()
	}
	if max(config.Width, config.Height) <= side {
		return file, nil
	}
	decoded, err := guarded(jpeg.Decode, newFeed(ctx, file))
	if err != nil {
		return nil, ctx.Err()
	}
	w, h := fit(decoded.Bounds(), side)
	return encode(shrink(decoded, decoded.Bounds(), w, h), quality)
}

// recognise finds out what an upload is by its first bytes, reads its header, and refuses it where decoding would
// take too much.
func recognise(upload []byte) (format, image.Rectangle, error) {
	f, err := formatOf(upload)
	if err != nil {
		return f, image.Rectangle{}, err
	}
	size, err := f.bounded(upload, maxPixels)
	return f, size, err
}

func formatOf(upload []byte) (format, error) {
	kind := KindOf(upload)
	f, accepted := formats[kind]
	switch {
	case accepted:
		return f, nil
	case kind == "image/heic", kind == "image/heif", kind == "image/heic-sequence", kind == "image/heif-sequence":
		return f, fault.At("", "is a HEIC photo, which few programs can read: send it as a JPEG "+
			"(on an iPhone: Settings, Camera, Formats, Most Compatible)")
	default:
		return f, fault.At("", "is %s and not a photo: send a JPEG, PNG, WebP or GIF", kind)
	}
}

// bounded reads the header of an upload and refuses it where it has more pixels than that, or where decoding would take
// too much.
func (f format) bounded(upload []byte, mostPixels int64) (image.Rectangle, error) {
	config, err := guarded(f.config, bytes.NewReader(upload))
	if err != nil {
		return image.Rectangle{}, unreadable(err)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width < 1 || config.Height < 1 {
		return image.Rectangle{}, fault.At("", "is a picture without a single pixel: send another")
	}
	if max(config.Width, config.Height) > MaxSide || pixels > mostPixels || pixels*f.perPixel(upload, config) > maxDecoded {
		return image.Rectangle{}, fault.At("", "has %d × %d pixels, which is too much: make it smaller than %d megapixels, as a plain JPEG",
			config.Width, config.Height, mostPixels/1_000_000)
	}
	return image.Rect(0, 0, config.Width, config.Height), nil
}

// KindOf is the media type that the first bytes of an upload are of, whatever it is called.
func KindOf(upload []byte) string {
	kind, _, _ := strings.Cut(mimetype.Detect(upload).String(), ";")
	return kind
}

// guarded makes an error of a decoder's panic: what strangers send to it must cost their upload and nothing else.
func guarded[T any](decode func(io.Reader) (T, error), r io.Reader) (result T, err error) {
	defer func() {
		if recover() != nil {
			err = errDecoderPanicked
		}
	}()
	return decode(r)
}

var errDecoderPanicked = errors.New("the decoder panicked")

func unreadable(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fault.At("", "ends before the picture does: send the whole file")
	}
	return fault.At("", "is damaged, or of a kind that is not read here: save it as a plain JPEG and send that")
}

func always(n int64) func([]byte, image.Config) int64 {
	return func([]byte, image.Config) int64 { return n }
}

// jpegBytes: a byte a component, four more for coefficients where the file is progressive, and four for a second
// picture where colours are put together at the end.
func jpegBytes(upload []byte, config image.Config) int64 {
	components, n := int64(3), int64(7)
	switch config.ColorModel {
	case color.GrayModel:
		components, n = 1, 1
	case color.YCbCrModel:
		n = 3
	case color.CMYKModel:
		components, n = 4, 8
	}
	if !sequential(upload) {
		n += 4 * components
	}
	return n
}

// sequential is true only when segments that everybody reads alike lead up to the frame header, and that is not a
// progressive one's.
func sequential(upload []byte) bool {
	for rest := upload[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, length := rest[1], int(rest[2])<<8|int(rest[3])
		switch {
		case marker == 0xc0 || marker == 0xc1:
			return true
		case marker != 0xc4 && marker != 0xdb && marker != 0xdd && marker < 0xe0, marker == 0xff, length < 2, len(rest) < 2+length:
			return false // neither a table nor an application's or a comment; or not whole
		}
		rest = rest[2+length:]
	}
	return false
}

// pngBytes reads depth and interlacing where the first chunk has them.
func pngBytes(upload []byte, _ image.Config) int64 {
	n := int64(4)
	if upload[24] == 16 {
		n = 8
	}
	if upload[28] != 0 {
		n += n / 2 // the last pass has half of the pixels, and is read beside the whole
	}
	return n
}

func encode(m image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// feed gives an upload to a decoder until ctx ends.
type feed struct {
	ctx    context.Context
	upload *bytes.Reader // not embedded: its other methods would go past ctx
}

func newFeed(ctx context.Context, upload []byte) *feed { return &feed{ctx, bytes.NewReader(upload)} }

func (f *feed) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.upload.Read(p)
}

func (f *feed) Seek(offset int64, whence int) (int64, error) { return f.upload.Seek(offset, whence) }
