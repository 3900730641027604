package web

import (
	"slices"

	"github.com/labstack/echo/v4"
)

// openingDocument is what a page begins with, in one answer instead of three. Whoever
// may not look gets no more than the session, and asks for the rest when he may.
type openingDocument struct {
	Session       sessionDocument   `json:"session"`
	Jurisdictions []placeDocument   `json:"jurisdictions,omitempty"`
	Classes       *openingCatalogue `json:"classes,omitempty"`
}

// openingCatalogue is the catalogue of the place that a page shows unless its address
// names another: the first with a segment.
type openingCatalogue struct {
	Jurisdiction string `json:"jurisdiction"`
	Classes      any    `json:"classes"`
}

// opening answers what a page begins with. It is about the caller, and kept by nobody
// else.
func (s *Server) opening(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	w, err := s.identify(c)
	if err != nil {
		return err
	}
	c.Set(callerKey, w)
	d := openingDocument{Session: s.describeCaller(w)}
	if s.permit(visitors, w) == nil {
		if err := s.openMap(c, &d); err != nil {
			return err
		}
	}
	body, err := marshal(d)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie, Authorization")
	return s.bytes(c, typeJSON, append(body, '\n'))
}

// openMap adds the places that the caller may see, and the catalogue of one.
func (s *Server) openMap(c echo.Context, d *openingDocument) (err error) {
	ctx := c.Request().Context()
	if d.Jurisdictions, err = s.places(ctx, s.view(c).Scope); err != nil || len(d.Jurisdictions) == 0 {
		return err
	}
	first := max(0, slices.IndexFunc(d.Jurisdictions, func(p placeDocument) bool { return p.Segments > 0 }))
	code := d.Jurisdictions[first].Code
	classes, err := s.store.Classes(ctx, code)
	d.Classes = &openingCatalogue{code, classes}
	return err
}
