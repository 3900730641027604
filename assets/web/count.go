package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

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
