package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// jurisdictions lists the places in the registry.
func (s *Server) jurisdictions(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	list, err := s.store.Jurisdictions(c.Request().Context())
	if err != nil {
		return err
	}
	type entry struct {
		Code     string      `json:"code"`
		Name     string      `json:"name"`
		Profile  string      `json:"profile"`
		Source   string      `json:"source"`
		BBox     *[4]float64 `json:"bbox"`
		Areas    int64       `json:"areas"`
		Segments int64       `json:"segments"`
		Assets   int64       `json:"assets"`
	}
	entries := make([]entry, len(list))
	for i, j := range list {
		entries[i] = entry{j.Code, j.Name, j.Profile, j.Source, nil, j.Areas, j.Segments, j.Assets}
		if b := j.Bounds; b != (orb.Bound{}) {
			entries[i].BBox = &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		}
	}
	return s.json(c, map[string]any{"jurisdictions": entries})
}

// classes lists the catalogue of a jurisdiction.
func (s *Server) classes(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	list, err := s.store.Classes(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	return s.json(c, map[string]any{"classes": list})
}

// counts answers the figures of the legend.
func (s *Server) counts(c echo.Context) error {
	p, err := parametersOf(c, append(propertyNames(assets.CollectionAssets), "bbox")...)
	if err != nil {
		return err
	}
	if _, err := p.jurisdiction(); err != nil {
		return err
	}
	q, err := p.selection(assets.CollectionAssets)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	counts, err := s.store.Counts(ctx, q)
	if err != nil {
		return err
	}
	return s.json(c, counts)
}

// Limits of a search.
const (
	searchLimit = 20
	maxSearch   = 100
	maxQuestion = 100 // characters
)

// search finds objects by code, name or road.
func (s *Server) search(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "q", "limit")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	question, err := p.required("q")
	if err != nil {
		return err
	}
	if question = strings.TrimSpace(question); utf8.RuneCountInString(question) > maxQuestion || !utf8.ValidString(question) || strings.ContainsRune(question, 0) {
		return assets.Errorf(assets.Invalid, "q", "最多 %d 个字符的文本", "must be a text of at most %d characters", maxQuestion)
	}
	limit, err := p.limit(searchLimit, maxSearch)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	hits, err := s.store.Search(ctx, jurisdiction, question, limit)
	if err != nil {
		return err
	}
	return s.json(c, map[string]any{"results": hits})
}

// basemap answers the background map of a jurisdiction, which the program draws
// without the internet.
func (s *Server) basemap(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := s.store.Jurisdiction(ctx, jurisdiction); err != nil {
		return err
	}
	position, err := s.store.Position(ctx)
	if err != nil {
		return err
	}
	openToAll(c)
	c.Response().Header().Set("Cache-Control", "no-cache")
	c.Response().Header().Add("Vary", "Accept-Encoding")
	if unchanged(c, tagOf(c, position)) {
		return c.NoContent(http.StatusNotModified)
	}
	buf, first := []byte(`{"type":"FeatureCollection","features":[`), true
	var out *stream
	send := func() error {
		if out == nil {
			out = openStream(c, typeGeoJSON)
		}
		_, err := out.Write(buf)
		buf = buf[:0]
		return err
	}
	err = s.store.EachBasemap(ctx, jurisdiction, func(b *assets.BasemapFeature) error {
		if !first {
			buf = append(buf, ',', '\n')
		}
		first = false
		if buf = exchange.AppendBasemapFeature(buf, b); len(buf) < flushAt {
			return nil
		}
		return send()
	})
	if err != nil {
		return err
	}
	buf = append(buf, "]}"...)
	if err := send(); err != nil {
		return err
	}
	return out.Close()
}
