package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// misfits are what must not break anything wherever it stands in JSON.
var misfits = []string{
	`null`, `true`, `-1`, `1.5`, `1e999`, `-1e-999`, `123456789012345678901234567890`, `""`, `[]`, `{}`, `[null]`, `{"":{}}`, `"\u0000"`, `"a\\u0000"`, `"\ud800"`,
	"\"\xff\"", "\"\x00\"", `"` + strings.Repeat("ł", 5000) + `"`, strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000), `1,`, `"`, `01`, `1.`, `.5`, `+1`, `-`, `0x10`, `NaN`, `'a'`, `/**/1`, `1 1`, `nul`, `[1,]`, `{"a":1,}`, `{a:1}`, "\"\n\"", "\"\x01\"", `"\x"`, `"\u12"`, "\"\u2028\"",
	`"2026-11-23T1:05:00Z"`, `"2026-11-23T11:05:00,5Z"`, `"2026-11-23T11:05:00+24:60"`, `"2026-11-23t11:05:00z"`, `"9998-12-31T23:59:59-23:59"`, `"1970-01-01T00:00:00+23:59"`,
}

// broken is a JSON object and what can be wrong with it: as a whole, and each value in it, for which so many misfits
// stand in turn.
func broken(valid body, each int) (texts []string) {
	text := jsonText(valid)
	texts = []string{text, "", " ", "null", "true", "7", "1e999", `"text"`, "[]", "{}", "[" + text + "]", text + text, "\ufeff" + text, "\xff\xfe" + text,
		text[:len(text)/2], text[:len(text)-1], text + "}", strings.Replace(text, "{", `{"id":"`+newID+`",`, 1), strings.Replace(text, "{", `{"":0,`, 1),
		strings.ReplaceAll(text, ":", ":["), strings.ToUpper(text), strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000),
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), `{"answers":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_001)}
	var copied any
	if err := json.Unmarshal([]byte(text), &copied); err != nil {
		panic(err)
	}
	const here = "a misfit stands here"
	turn := 0
	everyValue(copied, func(put func(any), value any) {
		put(here)
		around := strings.SplitN(jsonText(copied), `"`+here+`"`, 2)
		for range each {
			texts = append(texts, around[0]+misfits[turn%len(misfits)]+around[1])
			turn++
		}
		put(value)
	})
	return texts
}

// everyValue visits each value inside a JSON value, the outer ones first.
func everyValue(inside any, visit func(put func(any), value any)) {
	each := func(put func(any), value any) {
		visit(put, value)
		everyValue(value, visit)
	}
	switch inside := inside.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(inside)) {
			each(func(v any) { inside[key] = v }, inside[key])
		}
	case []any:
		for i, value := range inside {
			each(func(v any) { inside[i] = v }, value)
		}
	}
}

// brokenPhotos are photos of each kind, whole and not, and what only begins like one.
func brokenPhotos(t T) (uploads [][]byte) {
	const folder = "../internal/photo/phototest/samples/"
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	whole := [][]byte{photo(1), []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")}
	for _, file := range files {
		content, err := os.ReadFile(folder + file.Name())
		require.NoError(t, err)
		whole = append(whole, content)
	}
	uploads = append(whole, nil, []byte("a text"), []byte("%PDF-1.7"), []byte("\xff\xd8"), []byte("\xff\xd8\xff\xe1\x00\x02"), []byte("\x89PNG\r\n\x1a\n"), []byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	for _, content := range whole {
		turned := append([]byte{}, content...)
		turned[len(turned)/3] ^= 0xff
		uploads = append(uploads, content[:len(content)/2], content[:20], append(content[:len(content):len(content)], "and more"...), turned)
	}
	return uploads
}

// brokenTables are CSV files for each import, and what can be wrong with them.
func brokenTables() (files []string) {
	files = []string{"", "\n", "\ufeff", ",", ";;;\n;;;", "\"", "\"\n\"\n", strings.Repeat(",", 10_000), strings.Repeat("\"\n", 10_000), "a\rb\rc", "\x00", "\xff\xfec\x00o\x00d\x00e\x00",
		"{\"code\":1}", strings.Repeat("code,", 500) + "\n", "code,name,zone\n" + strings.Repeat("A,B,UTC\n", 10_001), "email,name,roles\n" + strings.Repeat("\"\"\n", 100)}
	for _, table := range []struct{ head, line string }{
		{"code,name,zone,address,lat,lon,region,brand,competitor", newID + ",Kraków,Europe/Warsaw,Rynek 1,50.06,19.94,South,Southwind,yes"},
		{"email,name,roles,language", newID + "@example.org,Anna,shopper,pl"},
		{"branch,checklist,opens,closes,version,shopper,persona,instructions,questions,fee,expense_limit,currency",
			"WAW-01," + theVersion + ",2026-11-24T09:00,2026-11-27T20:00,1,sam@example.org,A parent,Buy,Ask,1500,1000,EUR"},
	} {
		whole := table.head + "\n" + table.line + "\n"
		files = append(files, whole, strings.ReplaceAll(whole, ",", ";"), "\ufeff"+whole, whole+table.line, whole[:len(whole)*2/3], table.head, table.head+"\n"+table.head,
			strings.ReplaceAll(whole, "\n", "\r"), strings.ToUpper(whole), strings.ReplaceAll(whole, ",", ",\""))
		cells := strings.Split(table.line, ",")
		for i := range cells {
			for _, misfit := range []string{"", " ", "\x00", "\xff", "\"\n\"", "-1", "1e999", "NaN", "99999999999999999999", "=1+1", "'; DROP TABLE users; --", "?", "\u202e😀", strings.Repeat("ł", 3000), "a,b", "\""} {
				changed := append([]string{}, cells...)
				changed[i] = misfit
				files = append(files, table.head+"\n"+strings.Join(changed, ",")+"\n")
			}
		}
	}
	return files
}

func base64Of(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// queryOf writes parameters, given as names and values.
func queryOf(pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	return query.Encode()
}
