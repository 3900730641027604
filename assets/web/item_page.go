package web

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// pageRows is how many features a page for people shows at most.
const pageRows = 500

// featureText is a feature as its encoder wrote it.
type featureText struct {
	ID         string          `json:"id"`
	Properties json.RawMessage `json:"properties"`
	Geometry   struct {
		Type string `json:"type"`
	} `json:"geometry"`
}

// itemsPage shows a page of features as a table.
func (s *Server) itemsPage(c echo.Context, r *reader, asked question, collection string, q assets.Query) error {
	ctx := c.Request().Context()
	limit := min(q.Limit, pageRows)
	q.Limit = limit + 1
	from, err := r.ask(ctx, collection, q)
	if err != nil {
		return err
	}
	matched, err := from.Count(ctx, collection, q)
	if err != nil {
		return err
	}
	here := s.root(c) + "/ogc/collections/" + collection
	rows, more := &table{}, false
	var last assets.Key
	var buf []byte
	err = features(ctx, from, collection, q, nil, func(h assets.Header, appendTo func([]byte) []byte) error {
		if len(rows.Rows) == limit {
			more = true
			return nil
		}
		last = assets.Key{Jurisdiction: h.Jurisdiction, ID: h.ID}
		buf = appendTo(buf[:0])
		return rows.add(buf, here+"/items/"+h.ID.String()+"?f=html")
	})
	if err != nil {
		return err
	}
	say := func(zh, en string, args ...any) string {
		return assets.Errorf("", "", zh, en, args...).Text.In(asked.language)
	}
	title := collectionTitles[collection][0].In(asked.language)
	v := view{Title: title, Text: say("共 %d 个，本页 %d 个", "%d in all, %d on this page", matched, len(rows.Rows)),
		Trail: s.trail(c, "/collections", say("集合", "Collections"), "/collections/"+collection, title),
		Table: rows, Links: s.selfAndAlternate(c, asked, typeGeoJSON)}
	if more {
		v.Next = &link{Href: s.nextPage(c, last), Title: say("下一页", "Next page")}
	}
	return s.page(c, asked, v)
}

// add appends a feature as a row; the first cell leads to the feature.
func (t *table) add(feature []byte, href string) error {
	var f featureText
	if err := json.Unmarshal(feature, &f); err != nil {
		return err
	}
	list, err := members(f.Properties)
	if err != nil {
		return err
	}
	if t.Head == nil {
		t.Head = append(t.Head, "id")
		for _, m := range list {
			t.Head = append(t.Head, m.name)
		}
	}
	row := []cell{{Value: f.ID, Href: href}}
	for _, m := range list {
		row = append(row, cell{Value: plain(m.value)})
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// itemPage shows one feature.
func (s *Server) itemPage(c echo.Context, asked question, collection string, feature []byte, links []link) error {
	var f featureText
	if err := json.Unmarshal(feature, &f); err != nil {
		return err
	}
	list, err := members(f.Properties)
	if err != nil {
		return err
	}
	title := collectionTitles[collection][0].In(asked.language)
	v := view{Title: f.ID, Links: links, Trail: s.trail(c, "/collections", assets.Text{ZH: "集合", EN: "Collections"}.In(asked.language),
		"/collections/"+collection, title, "/collections/"+collection+"/items", assets.Text{ZH: "要素", EN: "Features"}.In(asked.language))}
	v.Facts = append(v.Facts, cell{Name: "geometry", Value: f.Geometry.Type})
	for _, m := range list {
		if m.name == "name" && plain(m.value) != "" {
			v.Title = plain(m.value)
		}
		v.Facts = append(v.Facts, cell{Name: m.name, Value: plain(m.value)})
	}
	return s.page(c, asked, v)
}
