package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

//go:embed page.html
var pageTemplate string

//go:embed page.css
var pageStyle string

// sheet makes the plain pages that a person sees who follows a link of the OGC
// part with a browser.
type sheet struct {
	template *template.Template
	// policy is their content security policy: one style of our own, no script.
	policy string
}

func newSheet() (sheet, error) {
	t, err := template.New("page").Parse(pageTemplate)
	sum := sha256.Sum256([]byte(pageStyle))
	return sheet{t, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}, err
}

// view is what such a page shows. Every part but the title may be missing.
type view struct {
	Title, Text string
	Trail       []link // the way from the landing page
	Facts       []cell
	Table       *table
	Next        *link
	Links       []link
}

type table struct {
	Head []string
	Rows [][]cell
}

type cell struct{ Name, Value, Href string }

// programName is what the program is called.
var programName = assets.Text{ZH: "街道家底", EN: "Streetbook"}

// page answers a view. The template escapes all that comes from the registry.
func (s *Server) page(c echo.Context, q question, v view) error {
	var b bytes.Buffer
	err := s.sheet.template.Execute(&b, struct {
		view
		Language, Program, Home string
		Style                   template.CSS
	}{v, q.language, programName.In(q.language), s.root(c) + "/", template.CSS(pageStyle)})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", s.sheet.policy)
	c.Response().Header().Add("Vary", "Accept-Language")
	openToAll(c)
	return s.bytes(c, typeHTML, b.Bytes())
}

// answer gives a document in the format that was asked for.
func (s *Server) answer(c echo.Context, q question, mediaType string, document any, v view) error {
	if q.format == formatHTML {
		return s.page(c, q, v)
	}
	c.Response().Header().Add("Vary", "Accept-Language")
	return s.document(c, mediaType, document)
}

// trail is the way to a page: the landing page and further steps, in pairs of
// an address below /ogc and a title.
func (s *Server) trail(c echo.Context, steps ...string) []link {
	list := []link{{Href: s.root(c) + "/ogc?f=html", Title: "OGC API"}}
	for i := 0; i+1 < len(steps); i += 2 {
		list = append(list, link{Href: s.root(c) + "/ogc" + steps[i] + "?f=html", Title: steps[i+1]})
	}
	return list
}

// member is a name and value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads a JSON object in the order in which it was written.
func members(object []byte) (list []member, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil { // the opening brace
		return nil, err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		text, ok := name.(string)
		if !ok {
			return nil, errors.New("a feature's properties are no JSON object")
		}
		m := member{name: text}
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// plain is a JSON value as a person reads it.
func plain(value json.RawMessage) string {
	var text *string
	if json.Unmarshal(value, &text) == nil {
		if text == nil {
			return ""
		}
		return *text
	}
	return strings.Trim(string(value), "{}")
}
