package evaluation

import (
	"math/big"
	"slices"
	"strconv"
)

// Figure is an exact share of one (a score, a coverage, a bound) in its three forms.
type Figure struct {
	Fraction    string `json:"fraction" doc:"Exact, in lowest terms" example:"4/5"`
	BasisPoints int64  `json:"basis_points" doc:"Rounded half up" example:"8000"`
	Shown       string `json:"shown" doc:"In per cent with one decimal, half up, but never up into a higher band or to 100: there it is cut" example:"80.0"`
}

// whole is 100 % in basis points.
const whole = 10_000

// newFigure gives the forms of an exact share, shown beside these bands. There is none of nil.
func newFigure(exact *big.Rat, bands []ScoreBand) *Figure {
	if exact == nil {
		return nil
	}
	return &Figure{
		Fraction:    exact.String(),
		BasisPoints: roundHalfUp(exact, whole).Int64(),
		Shown:       shown(exact, bands),
	}
}

// Rat is the exact share.
func (f *Figure) Rat() *big.Rat {
	exact, _ := new(big.Rat).SetString(f.Fraction)
	return exact
}

// shown writes a share in per cent with one decimal, half up. Where that would show the limit of a band, or 100, which
// the share itself does not reach, the second decimal is cut: 89.96 shows as 89.9 where 90 begins a band.
func shown(exact *big.Rat, bands []ScoreBand) string {
	tenths := roundHalfUp(exact, 1000).Int64()
	// Only a limit within the last tenth can lie between the share and what it was rounded to.
	crossed := func(limit int64) bool {
		return limit <= tenths*10 && limit > tenths*10-10 && exact.Cmp(big.NewRat(limit, whole)) < 0
	}
	if crossed(whole) || slices.ContainsFunc(bands, func(b ScoreBand) bool { return crossed(b.From) }) {
		tenths--
	}
	sign, size := "", tenths
	if size < 0 {
		sign, size = "-", -size
	}
	return sign + strconv.FormatInt(size/10, 10) + "." + strconv.FormatInt(size%10, 10)
}

// roundHalfUp is exact × scale as a whole number, halves going up.
func roundHalfUp(exact *big.Rat, scale int64) *big.Int {
	double := new(big.Int).Lsh(exact.Denom(), 1)
	rounded := new(big.Int).Mul(exact.Num(), big.NewInt(2*scale))
	return rounded.Add(rounded, exact.Denom()).Div(rounded, double) // Div goes down, below zero too
}
