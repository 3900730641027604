package web

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// listing is an answer of /api/v1 that holds objects of one kind: JSON for programs,
// a table for a person who follows a link.
type listing struct {
	title    assets.Text
	member   string         // of the document, under which the objects stand
	document map[string]any // as programs get it
	private  bool           // kept nowhere, and read by no page of another site
	next     string         // address of the next page; "" on the last
}

// listed answers a list in the format that was asked for.
func (s *Server) listed(c echo.Context, q question, l listing) error {
	if l.private {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	switch {
	case q.format == formatHTML:
		return s.listPage(c, q, l)
	case l.private:
		return c.JSON(http.StatusOK, l.document)
	}
	return s.json(c, l.document)
}

func (s *Server) listPage(c echo.Context, q question, l listing) error {
	text, err := marshal(l.document[l.member])
	if err != nil {
		return err
	}
	var objects []json.RawMessage
	if err := json.Unmarshal(text, &objects); err != nil {
		return err
	}
	v := view{Title: l.title.In(q.language), Trail: s.trail(c), Table: &table{}, Links: s.selfAndAlternate(c, q, typeJSON),
		Text: assets.Errorf("", "", "本页 %d 条", "%d on this page", len(objects)).Text.In(q.language)}
	for _, object := range objects {
		if err := v.Table.addObject(object); err != nil {
			return err
		}
	}
	if l.next != "" {
		v.Next = &link{Href: l.next, Title: assets.Text{ZH: "下一页", EN: "Next page"}.In(q.language)}
	}
	return s.page(c, q, v)
}

// cellLength is how many characters of a value a table shows: the rest is for
// programs.
const cellLength = 160

// addObject appends an object as a row. Its members are those of the first one.
func (t *table) addObject(object []byte) error {
	list, err := members(object)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, m := range list {
		text := []rune(plain(m.value))
		if len(text) > cellLength {
			text = append(text[:cellLength], '…')
		}
		values[m.name] = string(text)
	}
	if t.Head == nil {
		for _, m := range list {
			t.Head = append(t.Head, m.name)
		}
	}
	row := make([]cell, len(t.Head))
	for i, name := range t.Head {
		row[i] = cell{Value: values[name]}
	}
	t.Rows = append(t.Rows, row)
	return nil
}
