package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/geo"
)

// counts answers the figures of the legend.
func (s *Server) counts(c echo.Context) error {
	p, err := parametersOf(c, append(propertyNames(assets.CollectionAssets), "bbox", "datetime")...)
	if err != nil {
		return err
	}
	if _, err := s.placeOf(c, p); err != nil {
		return err
	}
	q, err := p.selection(assets.CollectionAssets, s.view(c), geo.CRS84)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	r, err := s.read(c)
	if err != nil {
		return err
	}
	defer r.close()
	counts, err := r.counts(ctx, q)
	if err != nil {
		return err
	}
	return s.json(c, counts)
}
