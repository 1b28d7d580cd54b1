package evaluation

import (
	"errors"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number with at most six decimals and a size below 10¹². It counts millionths, and is a
// plain number in JSON. What is measured, compared or earned is a Decimal, never a float.
type Decimal int64

const (
	decimalPlaces  = 6
	decimalDigits  = 18 // that a Decimal can hold in all
	maxDecimalText = 64 // a number that is written longer is not looked at

	one Decimal = 1_000_000
)

var errNotDecimal = errors.New("a number has at most six decimals and is smaller than 1000000000000")

// ParseDecimal reads a number as JSON writes it, also with an exponent. It is refused when a Decimal cannot hold it
// exactly.
func ParseDecimal(text string) (Decimal, error) {
	if len(text) > maxDecimalText {
		return 0, errNotDecimal
	}
	mantissa, exponent := text, 0
	if e := strings.IndexAny(text, "eE"); e >= 0 {
		var err error
		if exponent, err = strconv.Atoi(text[e+1:]); err != nil {
			return 0, errNotDecimal
		}
		mantissa = text[:e]
	}
	unsigned, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(unsigned, ".")
	digits := whole + fraction
	if whole == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, errNotDecimal
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	// The number is digits × 10^shift millionths.
	shift := exponent - len(fraction) + decimalPlaces
	if kept := len(digits) + shift; kept > decimalDigits || kept <= 0 {
		return 0, errNotDecimal
	}
	if shift < 0 {
		if strings.Trim(digits[len(digits)+shift:], "0") != "" {
			return 0, errNotDecimal
		}
		digits, shift = digits[:len(digits)+shift], 0
	}
	millionths, err := strconv.ParseInt(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil {
		return 0, errNotDecimal
	}
	if negative {
		millionths = -millionths
	}
	return Decimal(millionths), nil
}

// hundredths makes a Decimal of a count of hundredths, as points and weights are kept in a checklist.
func hundredths(n int64) Decimal { return Decimal(n) * (one / 100) }

// places is the number of decimals that it takes to write d.
func (d Decimal) places() int {
	_, fraction, _ := strings.Cut(d.String(), ".")
	return len(fraction)
}

// String writes d with as many decimals as it has.
func (d Decimal) String() string {
	sign, size := "", uint64(d)
	if d < 0 {
		sign, size = "-", -size
	}
	text := sign + strconv.FormatUint(size/uint64(one), 10)
	if fraction := size % uint64(one); fraction > 0 {
		text += "." + strings.TrimRight(strconv.FormatUint(fraction+uint64(one), 10)[1:], "0")
	}
	return text
}

// MarshalJSON writes d as a number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a number.
func (d *Decimal) UnmarshalJSON(data []byte) (err error) {
	*d, err = ParseDecimal(string(data))
	return err
}
