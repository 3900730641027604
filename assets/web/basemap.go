package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

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
	if err := s.visible(c, jurisdiction); err != nil {
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
	if unchanged(c, s.tagOf(c, position)) {
		return c.NoContent(http.StatusNotModified)
	}
	out := newFeatureWriter(c)
	err = s.store.EachBasemap(ctx, jurisdiction, func(b *assets.BasemapFeature) error {
		return out.add(func(dst []byte) []byte { return exchange.AppendBasemapFeature(dst, b) })
	})
	if err != nil {
		return err
	}
	return out.end("")
}
