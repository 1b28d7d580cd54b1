package mail

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"fieldcare/assets"
)

// The values that a template may name. In those of many lines, line breaks are kept and shown as a quotation.
var (
	oneLine   = []string{"Organisation", "Name", "Link", "Branch", "Address", "Opens", "Closes", "Zone", "Grade", "Deadline"}
	manyLines = []string{"Scenario", "Reason", "Words"}
)

const (
	subjectLimit  = 150
	oneLineLimit  = 300
	manyLineLimit = 5000
)

// letter is one template: the subject's, and the message inside its layout.
type letter struct{ subject, text *template.Template }

var letters = sync.OnceValues(func() (map[string]letter, error) {
	layout, err := template.New("layout.txt").Option("missingkey=error").Funcs(template.FuncMap{"quote": quote}).
		ParseFS(assets.Mail, "mail/layout.txt", "mail/visit.txt")
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
// Deadline (one line each), Scenario, Reason, Words (any number of lines), Grade (a whole number) and Questions (a
// list); what it does not hold is left out. No value, whatever it contains, adds a header, an element or a link.
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
	b.Reset()
	if err := l.text.Execute(&b, values); err != nil {
		return "", "", "", err
	}
	text = strings.TrimSpace(blankLines.ReplaceAllString(b.String(), "\n\n")) + "\n"
	html, err = asHTML(subject, text, values["Link"].(string))
	return subject, text, html, err
}

var blankLines = regexp.MustCompile(`\n[ \n]*\n`)

// paragraph is a part of the text between blank lines.
type paragraph struct {
	Lines []string
	Quote bool
	Link  string
}

// asHTML shows the text as HTML. Only the message's own link becomes one, never an address that somebody has typed.
func asHTML(subject, text, link string) (string, error) {
	layout, err := htmlLayout()
	if err != nil {
		return "", err
	}
	var paragraphs []paragraph
	for _, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		p := paragraph{Lines: strings.Split(part, "\n"), Quote: strings.HasPrefix(part, ">")}
		if part == link {
			p.Link = link
		}
		if p.Quote {
			for i, l := range p.Lines {
				p.Lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
			}
		}
		paragraphs = append(paragraphs, p)
	}
	var b bytes.Buffer
	err = layout.Execute(&b, map[string]any{"Subject": subject, "Paragraphs": paragraphs})
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
	values["Questions"] = []string{}
	for name, value := range data {
		before, known := values[name]
		if !known {
			return nil, fmt.Errorf("no template knows a value %q", name)
		}
		if _, list := before.([]string); list {
			given, ok := value.([]string)
			if !ok {
				return nil, fmt.Errorf("%s is a list of texts, not a %T", name, value)
			}
			questions := make([]string, len(given))
			for i, q := range given {
				questions[i] = line(q, oneLineLimit)
			}
			values[name] = questions
			continue
		}
		text, err := asText(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = line(text, oneLineLimit)
		for _, many := range manyLines {
			if name == many {
				values[name] = lines(text, manyLineLimit)
			}
		}
	}
	// Links carry long secrets, and are made by us.
	if link, ok := data["Link"].(string); ok {
		values["Link"] = line(link, len(link))
	}
	return values, nil
}

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
