package mail

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"fieldcare/assets"
)

// The values that a template may name. In those of many lines, line breaks are kept and shown as a quotation.
var (
	oneLine = []string{"Organisation", "Name", "Branch", "Address", "Opens", "Closes", "Zone", "Grade", "Deadline", "Month",
		"Topic", "When", "Place", "Incentive", "Booking", "Role", "State"}
	manyLines = []string{"Scenario", "Reason", "Words", "Directions", "Action", "Outcome"}
	// These are addresses that we make ourselves.
	ownLinks  = []string{"Link", "Choice"}
	linkLists = []string{"News", "Quiet"}
)

// Link is something with a name, and where to read of it.
type Link struct{ Name, Address string }

const (
	subjectLimit  = 150
	oneLineLimit  = 300
	manyLineLimit = 5000
)

// letter is one template: the subject's, and the message inside its layout. A message may define a "footer", which says
// why it comes and how to end that.
type letter struct{ subject, text *template.Template }

var letters = sync.OnceValues(func() (map[string]letter, error) {
	layout, err := template.New("layout.txt").Option("missingkey=error").Funcs(template.FuncMap{"quote": quote}).
		ParseFS(assets.Mail, "mail/layout.txt", "mail/visit.txt", "mail/session.txt")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(assets.Mail, "mail/*.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]letter{}
	for _, name := range names {
		file, err := assets.Mail.ReadFile(name)
		if err != nil {
			return nil, err
		}
		first, body, _ := strings.Cut(string(file), "\n")
		subject, ok := strings.CutPrefix(first, "Subject: ")
		if !ok {
			continue // a part of others
		}
		var l letter
		if l.subject, err = template.New(name).Option("missingkey=error").Parse(subject); err != nil {
			return nil, err
		}
		if l.text, err = layout.Clone(); err != nil {
			return nil, err
		}
		if _, err = l.text.New("message").Parse(strings.TrimSpace(body)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".txt")] = l
	}
	return all, nil
})

var htmlLayout = sync.OnceValues(func() (*htmltemplate.Template, error) {
	return htmltemplate.ParseFS(assets.Mail, "mail/layout.html")
})

// Render makes a message of a template. data may hold Organisation, Name, Link, Branch, Address, Opens, Closes, Zone,
// Deadline, Month, Topic, When, Place, Incentive, Booking, Role, State (one line each), Scenario, Reason, Words, Directions, Action, Outcome (any number of lines), Grade (a whole number), Questions (a
// list), Link and Choice (addresses), News and Quiet (lists of Link); what it does not hold is left out. No value but an
// address, whatever it contains, adds a header, an element or a link.
func Render(template string, data map[string]any) (subject, text, html string, err error) {
	all, err := letters()
	if err != nil {
		return "", "", "", err
	}
	l, ok := all[template]
	if !ok {
		return "", "", "", fmt.Errorf("there is no mail template %q", template)
	}
	values, err := clean(data)
	if err != nil {
		return "", "", "", fmt.Errorf("mail %q: %w", template, err)
	}
	var b bytes.Buffer
	if err := l.subject.Execute(&b, values); err != nil {
		return "", "", "", err
	}
	subject = line(b.String(), subjectLimit)
	var parts [2]string
	for i, part := range []string{"layout.txt", "footer"} {
		b.Reset()
		if err := l.text.ExecuteTemplate(&b, part, values); err != nil {
			return "", "", "", err
		}
		parts[i] = strings.TrimSpace(blankLines.ReplaceAllString(b.String(), "\n\n"))
	}
	text = strings.TrimSpace(parts[0]+"\n\n"+parts[1]) + "\n"
	own := addresses(values)
	html, err = asHTML(map[string]any{"Subject": subject, "Paragraphs": paragraphsOf(parts[0], own), "Footer": paragraphsOf(parts[1], own)})
	return subject, text, html, err
}

var blankLines = regexp.MustCompile(`\n[ \n]*\n`)

// addresses are those that the message may link to.
func addresses(values map[string]any) (own []string) {
	for _, name := range ownLinks {
		own = append(own, values[name].(string))
	}
	for _, name := range linkLists {
		for _, link := range values[name].([]Link) {
			own = append(own, link.Address)
		}
	}
	return own
}

// paragraph is a part of the text between blank lines.
type paragraph struct {
	Lines []string
	Quote bool
	Words string // the link's; none where it stands alone
	Link  string
}

// paragraphsOf reads the text's paragraphs. Only the message's own addresses become links, never one that somebody has
// typed: where one ends a paragraph, the line above it are the link's words.
func paragraphsOf(text string, own []string) (paragraphs []paragraph) {
	if text == "" {
		return nil
	}
	for _, part := range strings.Split(text, "\n\n") {
		p := paragraph{Lines: strings.Split(part, "\n"), Quote: strings.HasPrefix(part, ">")}
		last := len(p.Lines) - 1
		switch {
		case p.Quote:
			for i, l := range p.Lines {
				p.Lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
			}
		case slices.Contains(own, p.Lines[last]):
			p.Link, p.Lines = p.Lines[last], p.Lines[:last]
			if last > 0 {
				p.Words, p.Lines = p.Lines[last-1], p.Lines[:last-1]
			}
		}
		paragraphs = append(paragraphs, p)
	}
	return paragraphs
}

func asHTML(parts map[string]any) (string, error) {
	layout, err := htmlLayout()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = layout.Execute(&b, parts)
	return b.String(), err
}

// clean makes the values that a template may use: all are there, each is harmless text.
func clean(data map[string]any) (map[string]any, error) {
	values := map[string]any{}
	for _, name := range oneLine {
		values[name] = ""
	}
	for _, name := range manyLines {
		values[name] = ""
	}
	for _, name := range ownLinks {
		values[name] = ""
	}
	for _, name := range linkLists {
		values[name] = []Link{}
	}
	values["Questions"] = []string{}
	for name, value := range data {
		before, known := values[name]
		if !known {
			return nil, fmt.Errorf("no template knows a value %q", name)
		}
		var err error
		switch before.(type) {
		case []string:
			values[name], err = cleanList(value, func(text string) string { return line(text, oneLineLimit) })
		case []Link:
			values[name], err = cleanList(value, func(l Link) Link { return Link{line(l.Name, oneLineLimit), address(l.Address)} })
		default:
			values[name], err = cleanText(name, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return values, nil
}

func cleanList[T any](value any, clean func(T) T) ([]T, error) {
	given, ok := value.([]T)
	if !ok {
		return nil, fmt.Errorf("a %T, not a %T", given, value)
	}
	list := make([]T, len(given))
	for i, one := range given {
		list[i] = clean(one)
	}
	return list, nil
}

func cleanText(name string, value any) (string, error) {
	text, err := asText(value)
	switch {
	case slices.Contains(ownLinks, name):
		return address(text), err
	case slices.Contains(manyLines, name):
		return lines(text, manyLineLimit), err
	}
	return line(text, oneLineLimit), err
}

// address is one of ours, whole: it may carry a long secret.
func address(text string) string { return line(text, len(text)) }

func asText(value any) (string, error) {
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.CanInt() && v.Int() == 0:
		return "", nil
	case v.CanInt():
		return fmt.Sprint(v.Int()), nil
	}
	return "", fmt.Errorf("a text or a whole number, not a %T", value)
}

// line is text as one line of at most so many characters.
func line(text string, limit int) string {
	return cut(strings.Join(strings.Fields(visible(text)), " "), limit)
}

// lines is text as lines, without blanks at either end.
func lines(text string, limit int) string {
	parts := strings.Split(visible(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)), "\n")
	for i, part := range parts {
		parts[i] = strings.TrimRightFunc(part, unicode.IsSpace)
	}
	return cut(strings.TrimSpace(strings.Join(parts, "\n")), limit)
}

// visible drops what is not seen but changes what is: control characters, and marks that turn the direction of writing.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}

func cut(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}

// quote marks each line as somebody's words, so that they cannot pass for ours.
func quote(text string) string {
	return "> " + strings.ReplaceAll(text, "\n", "\n> ")
}
