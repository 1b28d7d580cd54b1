package evaluation

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNumbersAreReadExactly(t *testing.T) {
	for text, written := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "0e50": "0", "7": "7", "-7": "-7", "1.50": "1.5", "-0.000001": "-0.000001",
		"0.1": "0.1", "100": "100", "1e2": "100", "1E+2": "100", "15e-1": "1.5", "1.25e1": "12.5", "100e-8": "0.000001",
		"999999999999.999999": "999999999999.999999", "1.0000000000": "1", "0.00000100": "0.000001",
	} {
		d, err := ParseDecimal(text)
		require.NoError(t, err, text)
		require.Equal(t, written, d.String(), text)
	}
	for _, text := range []string{"", "-", ".", ".5", "+1", "--1", "1-", "1.2.3", "1,5", "0x10", "NaN", "Infinity", "1e", "1e1.5", "e5", "1 ", "１",
		"0.0000001", "1.0000001", "1e-7", "1000000000000", "-1000000000000", "1e12", "1e99", "1e-99", "1e99999999999999999999",
		"0.00000000000000000000000000000000000000000000000000000000000000000001"} {
		_, err := ParseDecimal(text)
		require.Error(t, err, text)
	}
}

func TestADecimalIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Decimal(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "millionths"))
		written, err := json.Marshal(d)
		require.NoError(t, err)
		var again Decimal
		require.NoError(t, json.Unmarshal(written, &again))
		require.Equal(t, d, again)
		exact, ok := new(big.Rat).SetString(string(written))
		require.True(t, ok)
		require.Zero(t, exact.Cmp(big.NewRat(int64(d), 1_000_000)))
	})
}

func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0", "-1.5e3", "9e11", "1e-6", "12.340"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil || !json.Valid([]byte(text)) {
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		require.Zero(t, exact.Cmp(big.NewRat(int64(d), 1_000_000)), text)
	})
}
