package database

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which text is searched: without case, and without the marks on letters, so that "lodz" finds
// "Łódź". It is kept beside the text because SQLite itself folds ASCII only.
func Fold(parts ...string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold(), norm.NFC),
		strings.Join(parts, " "))
	if err != nil {
		folded = strings.ToLower(strings.Join(parts, " "))
	}
	return whole.Replace(folded)
}

// whole replaces the letters that Unicode does not take apart.
var whole = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ı", "i")

// Containing gives the LIKE pattern (escaped with \) of folded text that contains what was asked for.
func Containing(asked string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(Fold(asked)) + "%"
}
