package web

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// investmentTemplate answers the workbook to fill in, with what the jurisdiction
// has for choice.
func (s *Server) investmentTemplate(c echo.Context) error {
	jurisdiction, err := s.placeAsked(c, assets.RolePlanner)
	if err != nil {
		return err
	}
	names, err := s.store.LedgerNames(c.Request().Context(), jurisdiction)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := exchange.WriteTemplate(&out, languageOf(c.Request()), names); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `attachment; filename="investment.xlsx"`)
	h.Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, typeXLSX, out.Bytes())
}
