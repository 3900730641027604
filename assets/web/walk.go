package web

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// walks lists who walked where.
func (s *Server) walks(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "limit", "after")
	if err != nil {
		return err
	}
	jurisdiction, after, limit, err := s.recordsOf(c, p)
	if err != nil {
		return err
	}
	list, err := s.store.Walks(c.Request().Context(), jurisdiction, after, limit)
	if err != nil {
		return err
	}
	type document struct {
		assets.Walk
		Track json.RawMessage `json:"track"`
	}
	documents := make([]document, len(list))
	for i, w := range list {
		documents[i] = document{w, orNull(nil)}
		if len(w.Track) > 0 {
			documents[i].Track = geo.AppendGeometry(nil, w.Track)
		}
	}
	answer := map[string]any{"walks": documents}
	if len(list) == limit {
		answer["next"] = list[len(list)-1].ID
	}
	return s.private(c, answer)
}

// coverage says when each side of the segments was walked.
func (s *Server) coverage(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "key", "from", "to")
	if err != nil {
		return err
	}
	q := postgis.CoverageQuery{KeyOnly: true}
	if q.Jurisdiction, err = s.placeOf(c, p); err != nil {
		return err
	}
	if v, ok := p.text("key"); ok {
		if q.KeyOnly, err = strconv.ParseBool(v); err != nil {
			return assets.Errorf(assets.Invalid, "key", "应为 true 或 false", "must be true or false")
		}
	}
	for name, day := range map[string]*string{"from": &q.From, "to": &q.To} {
		v, ok := p.text(name)
		if !ok {
			continue
		}
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return assets.Errorf(assets.Invalid, name, "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01")
		}
		*day = v
	}
	ctx := c.Request().Context()
	if _, err := s.store.Head(ctx, q.Jurisdiction); err != nil {
		return err
	}
	list, err := s.store.Coverage(ctx, q)
	if err != nil {
		return err
	}
	return s.private(c, map[string]any{"segments": list})
}
