package scheduling

import (
	"math/big"
	"regexp"

	"golang.org/x/text/currency"
)

// A rate is in millionths of the study's currency for one of the other: 234500 is 0.2345.
const (
	rateUnit = 1_000_000
	// mostOfRate is a million of the study's currency for one of the other.
	mostOfRate = 1_000_000 * rateUnit
	// mostOfCost, in minor units, keeps every sum of costs far from overflow.
	mostOfCost = 1_000_000_000_00
)

var currencyLetters = regexp.MustCompile(`^[A-Z]{3}$`)

// isCurrency is true of the code of a currency (ISO 4217), in capitals.
func isCurrency(code string) bool {
	unit, err := currency.ParseISO(code)
	return err == nil && currencyLetters.MatchString(code) && unit != currency.XXX && unit != currency.XTS
}

// minorDigits are how many decimal digits the minor unit of a currency has where they are not two (ISO 4217).
var minorDigits = map[string]int64{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// minorUnits is how many minor units one of a currency has: 100 cents are a euro, a yen has none smaller.
func minorUnits(code string) *big.Int {
	digits, unusual := minorDigits[code]
	if !unusual {
		digits = 2
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
}

// exchanged gives an amount, in minor units of one currency, in those of another. It is calculated exactly and rounded
// once, half up. ok is false where the result is more than a cost may be.
func exchanged(amount int64, from, to string, rate int64) (result int64, ok bool) {
	if from == to {
		return amount, amount <= mostOfCost
	}
	above := new(big.Int).Mul(big.NewInt(amount), big.NewInt(rate))
	above.Mul(above, minorUnits(to))
	below := new(big.Int).Mul(big.NewInt(rateUnit), minorUnits(from))
	rounded := halfUp(above, below)
	return rounded.Int64(), rounded.IsInt64() && rounded.Int64() <= mostOfCost
}

// halfUp divides what is not negative and rounds to the nearest whole number, a half up.
func halfUp(above, below *big.Int) *big.Int {
	twice := new(big.Int).Add(new(big.Int).Lsh(above, 1), below)
	return twice.Div(twice, new(big.Int).Lsh(below, 1))
}

// perSeat is what each of so many seats cost, half up; nil without any.
func perSeat(amount int64, seats int) *int64 {
	if seats == 0 {
		return nil
	}
	each := halfUp(big.NewInt(amount), big.NewInt(int64(seats))).Int64()
	return &each
}
