package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

func TestBranchesAreImportedHoweverASpreadsheetWritesThem(t *testing.T) {
	for name, file := range map[string]string{
		"plain":                        "code,name,zone\nKRK-01,Kraków,Europe/Warsaw\nLDZ-01,\"Łódź, Manufaktura\",Europe/Warsaw\n",
		"semicolons":                   "code;name;zone\nKRK-01;Kraków;Europe/Warsaw\nLDZ-01;Łódź, Manufaktura;Europe/Warsaw\n",
		"byte-order mark, CRLF":        "\ufeffcode,name,zone\r\nKRK-01,Kraków,Europe/Warsaw\r\nLDZ-01,\"Łódź, Manufaktura\",Europe/Warsaw\r\n",
		"no end of line":               "code,name,zone\nKRK-01,Kraków,Europe/Warsaw\nLDZ-01,\"Łódź, Manufaktura\",Europe/Warsaw",
		"other order, capitals, space": " Zone , NAME,Code\nEurope/Warsaw, Kraków ,KRK-01\nEurope/Warsaw,\" Łódź, Manufaktura\",LDZ-01\n",
		"quotes, empty lines":          "\"code\",\"name\",\"zone\"\n\n\"KRK-01\",\"Kraków\",\"Europe/Warsaw\"\n\n\"LDZ-01\",\"Łódź, Manufaktura\",\"Europe/Warsaw\"\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			require.Equal(t, body{"added": 2.0}, w.carol.post("/branches/import", file).is(200).object())
			branches := w.carol.get("/branches").is(200).items()
			require.Equal(t, []string{"GDN-01", "KRK-01", "LDZ-01", "WAW-01"}, codes(branches))
			require.Equal(t, "Kraków", branches[1]["name"])
			require.Equal(t, "Łódź, Manufaktura", branches[2]["name"])
		})
	}
}

func TestAnImportedBranchHasAllThatItsLineSays(t *testing.T) {
	w := newWorld(t)
	w.carol.post("/branches/import", "code,name,zone,address,lat,lon,region,brand,competitor\n"+
		"KRK-01,\"The \"\"Old\"\" One\",Europe/Warsaw,\"Rynek 1\nKraków\",50.0614,19.9366,South,Southwind,YES\n").is(200)
	b := w.carol.get("/branches?search=krk").is(200).items()[0]
	delete(b, "id")
	require.Equal(t, body{"code": "KRK-01", "name": `The "Old" One`, "zone": "Europe/Warsaw", "address": "Rynek 1\nKraków",
		"position": map[string]any{"lat": 50.0614, "lon": 19.9366}, "region": "South", "brand": "Southwind", "competitor": true, "archived": false, "edition": 1.0}, b)
}

func TestAnImportWithFaultsNamesThemAllByLineAndAddsNothing(t *testing.T) {
	w := newWorld(t)
	file := strings.Join([]string{
		"code,name,zone,lat,lon,competitor",
		"KRK-01,Kraków,Europe/Warsaw,,,",
		"WAW-01,Taken,Europe/Warsaw,,,",
		",,Warsaw,50,,maybe",
		"\"LDZ-01\",\"on two",
		"lines\",Europe/Warsaw,91,19,no",
		"KRK-01,Again,Europe/Warsaw,,,yes",
		"SZZ-01,Too few cells,Europe/Warsaw",
		"POZ-01,Too,Europe/Warsaw,52,16,no,many",
		"WRO-01,Wrocław,Europe/Warsaw,NaN,Inf,no",
	}, "\n")
	faults := faultsOf(w.carol.post("/branches/import", file).is(422))
	byLine := map[int][]string{}
	for _, f := range faults {
		byLine[f.Line] = append(byLine[f.Line], f.Pointer+" "+f.Detail)
	}
	require.Equal(t, map[int][]string{
		3: {`code another branch has the code "WAW-01"`},
		4: {"competitor must be yes or no",
			"lat lat and lon must be degrees such as 52.229700 and 21.012200, or both empty",
			"code must have 1 to 40 characters", "name must have 1 to 120 characters", "zone must be an IANA time zone such as Europe/Warsaw"},
		5:  {"position must be a latitude from -90 to 90 and a longitude from -180 to 180"},
		7:  {`code the code "KRK-01" stands in line 2 already`},
		8:  {" has 3 cells; the first line has 6 columns"},
		9:  {" has 7 cells; the first line has 6 columns"},
		10: {"position must be a latitude from -90 to 90 and a longitude from -180 to 180"},
	}, byLine)
	require.IsNonDecreasing(t, lines(faults))
	require.Equal(t, []string{"GDN-01", "WAW-01"}, codes(w.carol.get("/branches").is(200).items()))
}

func lines(faults []fault.Fault) (lines []int) {
	for _, f := range faults {
		lines = append(lines, f.Line)
	}
	return lines
}

func TestAnImportRefusesWhatIsNoTableOfBranches(t *testing.T) {
	w := newWorld(t)
	for file, says := range map[string]string{
		"\ufeff":                         "the file is empty",
		"\n\n":                           "the file is empty",
		"code,name,zone":                 "has no line below them",
		"code,name,zone\n\n":             "has no line below them",
		"code,name\nKRK-01,Kraków":       `the column \"zone\" is missing`,
		"code,name,zone,colour\nK,K,K,K": `the column \"colour\" is not known: use code, name, zone, address`,
		"code,name,zone,code\nK,K,K,K":   `the column \"code\" stands twice`,
		"code,name,zone\nK,\"K,UTC":      "has a quote that is not closed",
		"code,name,zone\nK,K\"K,UTC":     "has a quote that is not closed",
		"code,name,zone\nK,K\x00,UTC":    "U+0000",
		"code,name,zone\nK,\xff\xfe,UTC": "UTF-8",
		"c\x00de,name,zone\nK,K,UTC":     "U+0000",
		"{}":                             "is not known",
	} {
		require.NotEmpty(t, w.carol.post("/branches/import", file).refuses(422, says).faults(), file)
	}
	w.carol.post("/branches/import", "").is(400)
	require.Len(t, w.carol.get("/branches").is(200).items(), 2)
}

func TestFiveThousandBranchesAreImportedAtOnce(t *testing.T) {
	w := newWorld(t)
	var file strings.Builder
	file.WriteString("code,name,zone,region\n")
	for i := range 5000 {
		fmt.Fprintf(&file, "N-%04d,Branch %d,Europe/Warsaw,North %d\n", i, i, i%16)
	}
	require.Equal(t, body{"added": 5000.0}, w.carol.post("/branches/import", file.String()).is(200).object())
	require.Len(t, w.carol.get("/branches?limit=200&search=N-49").is(200).items(), 100)

	// The same file again: each line is named.
	require.Len(t, faultsOf(w.carol.post("/branches/import", file.String()).is(422)), 5000)
}
