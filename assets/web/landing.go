package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// link is a link of OGC API.
type link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// root is the address of the program as its clients see it.
func (s *Server) root(c echo.Context) string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	scheme := "http"
	if c.Request().TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + c.Request().Host
}

// document checks what every JSON document of the OGC part has in common.
func document(c echo.Context, known ...string) (parameters, error) {
	p, err := parametersOf(c, append(known, "f")...)
	if err != nil {
		return p, err
	}
	if err := p.format(); err != nil {
		return p, err
	}
	if _, asked := p.text("f"); !asked && !acceptable(c.Request(), typeJSON, typeGeoJSON) {
		return p, echo.NewHTTPError(http.StatusNotAcceptable)
	}
	return p, nil
}

func (s *Server) landing(c echo.Context) error {
	if _, err := document(c); err != nil {
		return err
	}
	ogc := s.root(c) + "/ogc"
	return s.json(c, struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{
		Title:       assets.Text{ZH: "街道家底", EN: "Streetbook"}.In(languageOf(c.Request())),
		Description: assets.Text{ZH: "街道设施登记：区域、路段与设施", EN: "The facility registry of a subdistrict: areas, segments and assets"}.In(languageOf(c.Request())),
		Links: []link{
			{Href: ogc, Rel: "self", Type: typeJSON},
			{Href: ogc + "/conformance", Rel: "conformance", Type: typeJSON},
			{Href: ogc + "/collections", Rel: "data", Type: typeJSON},
		},
	})
}

// conformance names only what is there.
func (s *Server) conformance(c echo.Context) error {
	if _, err := document(c); err != nil {
		return err
	}
	return s.json(c, map[string][]string{"conformsTo": {
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	}})
}
