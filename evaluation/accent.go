package evaluation

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// leastContrast is what text needs against its ground to be read by people who see less well (WCAG 2.2, 1.4.3).
const leastContrast = 4.5

var hexColour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// accentWanted says what would be right for a colour in which things are drawn on white; nothing when it is.
func accentWanted(colour string) string {
	if !hexColour.MatchString(colour) {
		return "must be a colour such as #0b686e: a number sign and six hexadecimal digits"
	}
	contrast := contrastWithWhite(colour)
	if contrast >= leastContrast {
		return ""
	}
	return fmt.Sprintf("must have a contrast of at least 4.5:1 against white, to be read there; this colour has %.2f:1, and %s would be dark enough",
		math.Floor(contrast*100)/100, darkened(colour))
}

// darkened is the lightest colour of the same hue that can be read on white.
func darkened(colour string) string {
	rgb, _ := strconv.ParseUint(colour[1:], 16, 32) // six digits: cannot fail
	for of := uint64(255); ; of-- {
		darker := fmt.Sprintf("#%02x%02x%02x", rgb>>16*of/255, rgb>>8&255*of/255, rgb&255*of/255)
		if contrastWithWhite(darker) >= leastContrast {
			return darker // at the latest black
		}
	}
}

// contrastWithWhite is WCAG's contrast ratio, from 1 (white) to 21 (black).
func contrastWithWhite(colour string) float64 {
	rgb, _ := strconv.ParseUint(colour[1:], 16, 32)
	luminance := 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&255) + 0.0722*linear(rgb&255)
	return 1.05 / (luminance + 0.05)
}

// linear is how much light there is of one of a colour's three parts (sRGB), from 0 to 1.
func linear(part uint64) float64 {
	c := float64(part) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
