package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// inspections lists who looked at an asset, the latest first.
func (s *Server) inspections(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	place, err := s.store.Where(ctx, s.view(c).Scope, assets.CollectionAssets, id)
	if err != nil {
		return err
	}
	list, err := s.store.InspectionsOf(ctx, place, id)
	if list == nil {
		list = []assets.Inspection{}
	}
	if err != nil {
		return err
	}
	return s.private(c, map[string]any{"inspections": list})
}
