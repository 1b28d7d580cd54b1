package photo

import (
	"image"
	"image/draw"
)

// fit is the size that a picture has when its longer side is at most so many pixels. Pictures are never enlarged.
func fit(size image.Rectangle, side int) (w, h int) {
	w, h = size.Dx(), size.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)
	}
	return w, h
}

// shrink lays the part of m inside size on white and scales it down to w × h: each pixel is the exact mean of the
// pixels that it covers. So small print on a receipt stays as readable as it can be, and beside the result there is
// only one row in memory, where a scaler that filters the columns after all rows takes 200 MB for 12 megapixels.
func shrink(m image.Image, size image.Rectangle, w, h int) *image.RGBA {
	var (
		sw, sh = size.Dx(), size.Dy()
		row    = image.NewRGBA(image.Rect(0, 0, sw, 1))
		result = image.NewRGBA(image.Rect(0, 0, w, h))
		across = make([]uint64, 3*w) // the row, scaled to w pixels, each times sw
		sum    = make([]uint64, 3*w) // the rows since the last pixel of the result, each times its share of sh
		all    = uint64(sw) * uint64(sh)
		line   = 0
	)
	if w == sw && h == sh { // what a phone has shrunk already
		draw.Draw(result, result.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(result, result.Rect, m, size.Min, draw.Over)
		return result
	}
	for y := range sh {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, m, image.Pt(size.Min.X, size.Min.Y+y), draw.Over)
		shrinkRow(across, row.Pix, sw, w)
		// On a scale of sh × h units, a row is h units high and a line of the result sh. As h ≤ sh, a row lies on one
		// line or on two.
		end := (line + 1) * sh
		here := uint64(min((y+1)*h, end) - y*h)
		for i, v := range across {
			sum[i] += here * v
		}
		if (y+1)*h < end {
			continue
		}
		pixels := result.Pix[line*result.Stride:]
		for x := range w {
			for c := range 3 {
				pixels[4*x+c] = uint8((sum[3*x+c] + all/2) / all)
			}
			pixels[4*x+3] = 0xff
		}
		below := uint64((y+1)*h - end)
		for i, v := range across {
			sum[i] = below * v
		}
		line++
	}
	return result
}

// shrinkRow does along a row what shrink does down the columns.
func shrinkRow(across []uint64, pixels []uint8, sw, w int) {
	clear(across)
	x, end := 0, sw
	for sx := range sw {
		r, g, b := uint64(pixels[4*sx]), uint64(pixels[4*sx+1]), uint64(pixels[4*sx+2])
		here := uint64(min((sx+1)*w, end) - sx*w)
		sum := across[3*x : 3*x+3]
		sum[0] += here * r
		sum[1] += here * g
		sum[2] += here * b
		if (sx+1)*w < end {
			continue
		}
		below := uint64((sx+1)*w - end)
		x, end = x+1, end+sw
		if below > 0 {
			sum = across[3*x : 3*x+3]
			sum[0], sum[1], sum[2] = below*r, below*g, below*b
		}
	}
}

// upright turns a picture as EXIF's orientation says (1 to 8: where its first row and column belong; 0: nothing said).
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	result := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		result = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var to int
			switch orientation {
			case 2:
				to = result.PixOffset(w-1-x, y)
			case 3:
				to = result.PixOffset(w-1-x, h-1-y)
			case 4:
				to = result.PixOffset(x, h-1-y)
			case 5:
				to = result.PixOffset(y, x)
			case 6:
				to = result.PixOffset(h-1-y, x)
			case 7:
				to = result.PixOffset(h-1-y, w-1-x)
			case 8:
				to = result.PixOffset(y, w-1-x)
			}
			copy(result.Pix[to:to+4], m.Pix[m.PixOffset(x, y):])
		}
	}
	return result
}
