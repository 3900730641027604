package web

import (
	"github.com/labstack/echo/v4"
)

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
