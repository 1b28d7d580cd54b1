package database

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"fieldcare/internal/fault"
)

// Page is one part of a list. Next is the cursor of the part after it, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next_cursor,omitempty" doc:"Give this as cursor to read on; absent at the end"`
}

// Paged makes a page of rows read with a limit one higher than asked for, so that a further page is known of.
// key gives the values that the list is sorted by.
func Paged[T any](rows []T, limit int, key func(T) []any) Page[T] {
	if rows == nil {
		rows = []T{}
	}
	page := Page[T]{Items: rows}
	if len(rows) > limit {
		page.Items = rows[:limit]
		text, _ := json.Marshal(key(rows[limit-1])) // strings and integers: cannot fail
		page.Next = base64.RawURLEncoding.EncodeToString(text)
	}
	return page
}

// PageOf is the same page with each item as something else.
func PageOf[A, B any](page Page[A], as func(*A) B) Page[B] {
	items := make([]B, len(page.Items))
	for i := range page.Items {
		items[i] = as(&page.Items[i])
	}
	return Page[B]{Items: items, Next: page.Next}
}

// ReadCursor reads the values that a cursor stands for into the places given. It is false without a cursor.
func ReadCursor(cursor string, into ...any) (bool, error) {
	if cursor == "" {
		return false, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	n := len(into)
	if err == nil {
		err = json.Unmarshal(text, &into)
	}
	if err != nil || len(into) != n || slices.ContainsFunc(into, unusable) {
		return false, fault.At("cursor", "is not a cursor of this list: give next_cursor of the page before, unchanged")
	}
	return true, nil
}

// unusable is true of null, and of a text that no database can be asked for.
func unusable(place any) bool {
	text, is := place.(*string)
	return place == nil || is && strings.ContainsRune(*text, 0)
}
