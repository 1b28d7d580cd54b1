package pdf

import (
	"math"
	"strconv"
)

// colour is in sRGB, 0 to 255.
type colour struct{ r, g, b int }

// The colours that are the same for every organisation.
var (
	ink   = colour{27, 36, 48}
	grey  = colour{91, 102, 115}
	mid   = colour{150, 159, 170}
	hair  = colour{214, 219, 225}
	track = colour{236, 239, 242}
	mist  = colour{247, 248, 250}
	white = colour{255, 255, 255}
)

// theme is the organisation's colour in three strengths.
type theme struct {
	accent colour // dark enough to be read as text, on white and on pale
	soft   colour // of bars
	pale   colour // behind text
}

// defaultAccent stands in where an organisation's own colour cannot be read.
var defaultAccent = colour{11, 104, 110}

// themeOf makes the theme of a colour written as #rrggbb.
func themeOf(accent string) theme {
	c, ok := parseColour(accent)
	if !ok {
		c = defaultAccent
	}
	t := theme{pale: c.mixed(white, 0.91)}
	// 4.5 : 1 is what the Web Content Accessibility Guidelines ask of text; of pale it also holds of white.
	for contrast(c, t.pale) < 4.5 {
		c = c.mixed(colour{}, 0.04)
	}
	t.accent, t.soft = c, c.mixed(white, 0.5)
	return t
}

func parseColour(s string) (colour, bool) {
	if len(s) != 7 || s[0] != '#' {
		return colour{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	return colour{int(n >> 16), int(n >> 8 & 255), int(n & 255)}, err == nil
}

// mixed is the colour with a share of another one in it.
func (c colour) mixed(other colour, share float64) colour {
	mix := func(a, b int) int { return int(float64(a)*(1-share) + float64(b)*share) }
	return colour{mix(c.r, other.r), mix(c.g, other.g), mix(c.b, other.b)}
}

// contrast is that of the Web Content Accessibility Guidelines, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c colour) luminance() float64 {
	linear := func(v int) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// style is a step of the type scale: font, size in points, and the height of its line in millimetres.
type style struct {
	font   int
	size   float64
	height float64
	colour colour
}

var (
	figure     = style{bold, 46, 17, ink}
	title      = style{bold, 25, 10.2, ink}
	heading    = style{bold, 15, 6.8, ink}
	subheading = style{bold, 10.5, 5, ink}
	lead       = style{regular, 11.5, 5.6, ink}
	body       = style{regular, 9.5, 4.6, ink}
	strong     = style{bold, 9.5, 4.6, ink}
	muted      = style{regular, 9.5, 4.6, grey}
	small      = style{regular, 8, 3.8, grey}
	label      = style{bold, 8, 3.8, grey}
	tiny       = style{regular, 7, 3.3, grey}
	quoted     = style{regular, 10.5, 5.2, ink}
	quotedLong = style{regular, 9.5, 4.6, ink}
)

func (s style) in(c colour) style { s.colour = c; return s }

// baseline is how far below the top of its line a style's letters stand.
func (s style) baseline() float64 { return s.height/2 + s.size*0.125 }
