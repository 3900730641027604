package web

import (
	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// devices lists the phones, and what they hold unsent.
func (s *Server) devices(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction")
	if err != nil {
		return err
	}
	jurisdiction, err := p.jurisdiction()
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RolePlanner, jurisdiction); err != nil {
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
