package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// devices lists the phones, and what they hold unsent.
func (s *Server) devices(c echo.Context) error {
	jurisdiction, err := s.placeAsked(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	list, err := s.store.Devices(c.Request().Context(), jurisdiction)
	if list == nil {
		list = []assets.Device{}
	}
	if err != nil {
		return err
	}
	return s.private(c, map[string]any{"devices": list})
}
