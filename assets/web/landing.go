package web

import (
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

// Relations that OGC names by address.
const (
	relTilesets     = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relTilingScheme = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
)

// documentFormats are what documents are offered in.
var documentFormats = []string{formatJSON, formatHTML}

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

// selfAndAlternate are the links of a resource to itself, in this format and in
// the other one. Without f an address gives JSON to all but browsers.
func (s *Server) selfAndAlternate(c echo.Context, q question, jsonType string) []link {
	html := link{Href: s.inFormat(c, formatHTML), Rel: "alternate", Type: "text/html", Title: "HTML"}
	data := link{Href: s.inFormat(c, formatJSON), Rel: "alternate", Type: jsonType, Title: "JSON"}
	if q.format == formatHTML {
		html.Rel = "self"
		return []link{html, data}
	}
	data.Rel = "self"
	return []link{data, html}
}

// inFormat is the address that was asked, asked in a format.
func (s *Server) inFormat(c echo.Context, format string) string {
	values := c.Request().URL.Query()
	values.Set("f", format)
	return s.root(c) + c.Request().URL.EscapedPath() + "?" + values.Encode()
}

func (s *Server) landing(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	ogc := s.root(c) + "/ogc"
	say := func(zh, en string) string { return assets.Text{ZH: zh, EN: en}.In(q.language) }
	title := programName.In(q.language)
	text := say("街道设施登记：区域、路段与设施", "The facility registry of a subdistrict: areas, segments and assets")
	links := append(s.selfAndAlternate(c, q, typeJSON),
		link{Href: ogc + "/collections", Rel: "data", Type: typeJSON, Title: say("集合", "Collections")},
		link{Href: ogc + "/collections?f=html", Rel: "data", Type: "text/html", Title: say("集合（网页）", "Collections (pages)")},
		link{Href: ogc + "/api", Rel: "service-desc", Type: typeOpenAPI, Title: say("接口描述（OpenAPI 3.0）", "API definition (OpenAPI 3.0)")},
		link{Href: ogc + "/api?f=html", Rel: "service-doc", Type: "text/html", Title: say("接口说明", "API documentation")},
		link{Href: ogc + "/conformance", Rel: "conformance", Type: typeJSON, Title: say("符合性", "Conformance")},
		link{Href: ogc + "/tiles", Rel: relTilesets, Type: typeJSON, Title: say("矢量瓦片", "Vector tiles")})
	return s.answer(c, q, typeJSON, struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{title, text, links}, view{Title: title, Text: text, Links: links})
}

// conformanceClasses names only what is there.
var conformanceClasses = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/req/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
}

func (s *Server) conformance(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	v := view{Title: assets.Text{ZH: "符合性", EN: "Conformance"}.In(q.language), Trail: s.trail(c), Links: s.selfAndAlternate(c, q, typeJSON)}
	for _, class := range conformanceClasses {
		v.Facts = append(v.Facts, cell{Value: class})
	}
	return s.answer(c, q, typeJSON, struct {
		ConformsTo []string `json:"conformsTo"`
		Links      []link   `json:"links"`
	}{conformanceClasses, v.Links}, v)
}
