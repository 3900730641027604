package web

import (
	"net/http"
	"sort"
	"strings"

	"github.com/labstack/echo/v4"
)

// permission is who may use a route.
type permission int

// anyone includes visitors who are not signed in.
const anyone permission = iota

// route is one line of the table: what is there, who answers, who may ask.
type route struct {
	method, path string
	handler      echo.HandlerFunc
	may          permission
}

const (
	get     = http.MethodGet
	matrix  = "/tiles/WebMercatorQuad"
	anyTile = matrix + "/:z/:row/:col"
)

// routes is everything the server answers. HEAD goes with GET, and OPTIONS
// with every path.
func (s *Server) routes() []route {
	return []route{
		{get, "/", s.planner, anyone},
		{get, "/static/:hash/*", s.staticFile, anyone},
		{get, "/favicon.ico", s.favicon, anyone},

		{get, "/ogc", s.landing, anyone},
		{get, "/ogc/", s.landing, anyone},
		{get, "/ogc/api", s.openAPI, anyone},
		{get, "/ogc/conformance", s.conformance, anyone},
		{get, "/ogc/collections", s.collections, anyone},
		{get, "/ogc/collections/:collection", s.collection, anyone},
		{get, "/ogc/collections/:collection/items", s.items, anyone},
		{get, "/ogc/collections/:collection/items/:id", s.item, anyone},
		{get, "/ogc/collections/:collection/tiles", s.tilesets, anyone},
		{get, "/ogc/collections/:collection" + matrix, s.tileset, anyone},
		{get, "/ogc/collections/:collection" + anyTile, s.tile, anyone},
		{get, "/ogc/tiles", s.tilesets, anyone},
		{get, "/ogc" + matrix, s.tileset, anyone},
		{get, "/ogc" + anyTile, s.datasetTile, anyone},
		{get, "/ogc/tileMatrixSets", s.matrixSets, anyone},
		{get, "/ogc/tileMatrixSets/WebMercatorQuad", s.matrixSet, anyone},

		{get, "/api/v1/jurisdictions", s.jurisdictions, anyone},
		{get, "/api/v1/classes", s.classes, anyone},
		{get, "/api/v1/counts", s.counts, anyone},
		{get, "/api/v1/search", s.search, anyone},
		{get, "/api/v1/basemap", s.basemap, anyone},
		{get, "/api/v1/version", s.version, anyone},

		{get, "/healthz", s.healthz, anyone},
		{get, "/readyz", s.readyz, anyone},
	}
}

func (s *Server) addRoutes() {
	methods := map[string][]string{}
	for _, r := range s.routes() {
		s.echo.Add(r.method, r.path, r.handler)
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == get {
			s.echo.Add(http.MethodHead, r.path, r.handler)
			methods[r.path] = append(methods[r.path], http.MethodHead)
		}
	}
	for path, list := range methods {
		sort.Strings(list)
		allow := strings.Join(append(list, http.MethodOptions), ", ")
		s.echo.Add(http.MethodOptions, path, func(c echo.Context) error { return options(c, allow) })
	}
}

// options answers what may be done with a path, also to a browser that asks
// before it lets a page of another site read.
func options(c echo.Context, allow string) error {
	h := c.Response().Header()
	h.Set("Allow", allow)
	openToAll(c)
	h.Set("Access-Control-Allow-Methods", allow)
	h.Set("Access-Control-Allow-Headers", "authorization, content-type, if-match, if-none-match, content-crs")
	h.Set("Access-Control-Max-Age", "86400")
	return c.NoContent(http.StatusOK)
}

// openToAll lets pages of other sites read an answer: it is public, and comes
// without their visitor's cookies.
func openToAll(c echo.Context) {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Content-Crs, ETag, Link, Location")
}
