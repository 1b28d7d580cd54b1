package pdf

import "fieldcare/evaluation"

// tallestPhoto is the height of a row of photos at most.
const tallestPhoto = 46.0

// gallery draws photos in rows of up to three of one height, whole, where asked with the day and the question below each.
func (d *document) gallery(photos []evaluation.ReportPhoto, x float64, captioned bool) {
	const perRow = 3
	const gap = gutter
	for len(photos) > 0 {
		row := photos[:min(perRow, len(photos))]
		photos = photos[len(row):]
		pictures, aspects, sum := make([]*picture, len(row)), make([]float64, len(row)), 0.0
		for i, p := range row {
			aspects[i] = 4.0 / 3
			if pictures[i] = photo(p.JPEG); pictures[i] != nil {
				aspects[i] = min(max(pictures[i].aspect(), 0.75), 2.4)
			}
			sum += aspects[i]
		}
		height := min((right-x-gap*float64(len(row)-1))/sum, tallestPhoto)
		captions, tallest := make([][]string, len(row)), 0
		for i, p := range row {
			if !captioned {
				continue
			}
			captions[i] = small.linesAtMost(3, joined(" · ", dayInWords(p.Day), p.Question), height*aspects[i])
			tallest = max(tallest, len(captions[i]))
		}
		d.y += 3
		d.room(height + 1.4 + float64(tallest)*small.height)
		begin, at := d.y, x
		for i, p := range pictures {
			width := height * aspects[i]
			d.box(at, begin, width, height, track)
			if p != nil {
				w, h := contained(p.aspect(), width, height)
				d.picture(d.embed(p), at+(width-w)/2, begin+(height-h)/2, w, h)
			} else {
				d.missingPhoto(at, begin, width, height)
			}
			d.y = begin + height + 1.4
			d.stack(small, at, captions[i])
			at += width + gap
		}
		d.y = begin + height + 1.4 + float64(tallest)*small.height
	}
}

// missingPhoto stands where a photo cannot be shown.
func (d *document) missingPhoto(x, y, width, height float64) {
	d.frame(x, y, width, height, mid, 0.2)
	d.stroke(hair, 0.2, x, y, x+width, y+height)
	d.stroke(hair, 0.2, x, y+height, x+width, y)
	text := "photo not available"
	if small.width(text)+2 > width {
		text = "no photo"
	}
	wide := small.width(text) + 3
	d.box(x+(width-wide)/2, y+height/2-2.4, wide, 4.8, track)
	d.text(small, x+width/2, y+height/2+1, text, alignCentre)
}
