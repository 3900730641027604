package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// batches lists what was booked many entries at once, each to be undone by its
// operation.
func (s *Server) batches(c echo.Context) error {
	jurisdiction, err := s.placeAsked(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	list, err := s.store.Batches(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	if list == nil {
		list = []assets.Batch{}
	}
	return s.private(c, map[string]any{"batches": list})
}
