package web

import (
	"net/http"
	"sort"
	"strings"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
)

// permission is who may use a route. Where a role is asked for, it must be held
// in the jurisdiction that the request is about; the handler asks for that.
type permission int

const (
	open     permission = iota // everybody, always
	visitors                   // whoever may look: anybody with a role, and the public if the operator lets it
	viewer                     // anybody with a role
	person                     // anybody with an account, in person: no token
	field
	planner
	admin
)

// roleOf the permissions that ask for one.
var roleOf = map[permission]string{viewer: assets.RoleViewer, field: assets.RoleField, planner: assets.RolePlanner, admin: assets.RoleAdmin}

// route is one line of the table: what is there, who answers, who may ask.
type route struct {
	method, path string
	handler      echo.HandlerFunc
	may          permission
}

const (
	get       = http.MethodGet
	post      = http.MethodPost
	put       = http.MethodPut
	patch     = http.MethodPatch
	del       = http.MethodDelete
	matrix    = "/tiles/WebMercatorQuad"
	anyTile   = matrix + "/:z/:row/:col"
	items     = "/ogc/collections/:collection/items"
	anyObject = "/api/v1/:collection/:id"
)

// routes is everything the server answers. HEAD goes with GET, and OPTIONS
// with every path.
func (s *Server) routes() []route {
	return []route{
		{get, "/", s.planner, open},
		{get, "/login", s.planner, open},
		{get, "/field", s.fieldPage, open},
		{get, "/sw.js", s.serviceWorker, open},
		{get, "/static/:hash/*", s.staticFile, open},
		{get, "/favicon.ico", s.favicon, open},
		{get, "/trust", s.trust, open},
		{get, "/trust/ca.crt", s.trustCertificate, open},

		{get, "/ogc", s.landing, visitors},
		{get, "/ogc/", s.landing, visitors},
		{get, "/ogc/api", s.openAPI, visitors},
		{get, "/ogc/conformance", s.conformance, visitors},
		{get, "/ogc/collections", s.collections, visitors},
		{get, "/ogc/collections/:collection", s.collection, visitors},
		{get, "/ogc/collections/:collection/queryables", s.queryables, visitors},
		{get, "/ogc/collections/:collection/schema", s.schema, visitors},
		{get, items, s.items, visitors},
		{post, items, s.addItem, field},
		{get, items + "/:id", s.item, visitors},
		{put, items + "/:id", s.replaceItem, field},
		{patch, items + "/:id", s.patchItem, field},
		{del, items + "/:id", s.deleteItem, field},
		{get, "/ogc/collections/:collection/tiles", s.tilesets, visitors},
		{get, "/ogc/collections/:collection" + matrix, s.tileset, visitors},
		{get, "/ogc/collections/:collection" + anyTile, s.tile, visitors},
		{get, "/ogc/tiles", s.tilesets, visitors},
		{get, "/ogc" + matrix, s.tileset, visitors},
		{get, "/ogc" + anyTile, s.datasetTile, visitors},
		{get, "/ogc/tileMatrixSets", s.matrixSets, visitors},
		{get, "/ogc/tileMatrixSets/WebMercatorQuad", s.matrixSet, visitors},

		{get, "/api/v1/opening", s.opening, open},
		{get, "/api/v1/session", s.whoami, open},
		{post, "/api/v1/session", s.login, open},
		{del, "/api/v1/session", s.logout, person},
		{put, "/api/v1/session/password", s.changePassword, person},
		{get, "/api/v1/accounts", s.accounts, admin},
		{post, "/api/v1/accounts", s.addAccount, admin},
		{patch, "/api/v1/accounts/:id", s.reviseAccount, admin},
		{get, "/api/v1/tokens", s.tokens, person},
		{post, "/api/v1/tokens", s.addToken, person},
		{del, "/api/v1/tokens/:id", s.revokeToken, person},

		{get, "/api/v1/jurisdictions", s.jurisdictions, visitors},
		{get, "/api/v1/classes", s.classes, visitors},
		{post, "/api/v1/classes", s.addClass, admin},
		{put, "/api/v1/classes/:id", s.reviseClass, admin},
		{del, "/api/v1/classes/:id", s.deleteClass, admin},
		{get, "/api/v1/departments", s.departments, visitors},
		{post, "/api/v1/departments", s.addDepartment, admin},
		{put, "/api/v1/departments/:id", s.reviseDepartment, admin},
		{del, "/api/v1/departments/:id", s.deleteDepartment, admin},
		{get, "/api/v1/people", s.people, viewer},

		{get, "/api/v1/counts", s.counts, visitors},
		{get, "/api/v1/nearest", s.nearest, visitors},
		{get, "/api/v1/search", s.search, visitors},
		{get, "/api/v1/basemap", s.basemap, visitors},

		{post, "/api/v1/assets/:id/install", s.install, field},
		{post, "/api/v1/assets/:id/move", s.move, field},
		{post, "/api/v1/assets/:id/remove", s.remove, field},
		{post, "/api/v1/assets/:id/restore", s.restore, field},
		{post, "/api/v1/assets/:id/replace", s.replace, field},
		{post, "/api/v1/segments/:id/split", s.splitSegment, planner},
		{post, "/api/v1/segments/merge", s.mergeSegments, planner},
		{get, "/api/v1/segments/:id/lineage", s.segmentLineage, viewer},
		{post, "/api/v1/bulk", s.bulk, planner},
		{post, "/api/v1/operations/:op/undo", s.undo, field},

		{get, anyObject + "/history", s.history, viewer},
		{post, anyObject + "/versions/:version/restore", s.restoreVersion, field},
		{get, "/api/v1/timeline", s.timeline, visitors},
		{get, "/api/v1/compare", s.compare, visitors},
		{get, "/api/v1/changes", s.changes, viewer},
		{get, "/api/v1/events", s.events, visitors},

		{post, "/api/v1/sync", s.sync, field},
		{get, "/api/v1/conflicts", s.conflicts, viewer},
		{post, "/api/v1/conflicts/:id/resolve", s.resolveConflict, field},
		{get, "/api/v1/pack", s.pack, viewer},
		{get, "/api/v1/photos", s.photos, visitors},
		{post, "/api/v1/photos", s.addPhoto, field},
		{get, "/api/v1/photos/:id/upload", s.upload, field},
		{patch, "/api/v1/photos/:id/upload", s.uploadPiece, field},
		{get, "/api/v1/photos/:id/:copy", s.photoCopy, visitors},
		{get, "/api/v1/walks", s.walks, viewer},
		{get, "/api/v1/coverage", s.coverage, viewer},
		{get, "/api/v1/assets/:id/inspections", s.inspections, viewer},
		{get, "/api/v1/devices", s.devices, planner},
		{post, "/api/v1/rescue", s.rescue, planner},
		{get, "/api/v1/labels", s.labels, viewer},
		{post, "/api/v1/labels", s.labelsOf, viewer},
		{get, "/api/v1/investment/template", s.investmentTemplate, planner},
		{post, "/api/v1/investment/import", s.investmentImport, planner},

		{get, "/api/v1/investment", s.investment, visitors},
		{get, "/api/v1/investment/check", s.investmentCheck, visitors},
		{get, "/api/v1/investment/batches", s.batches, planner},
		{post, "/api/v1/investment/preview", s.previewShares, planner},
		{get, "/api/v1/investment/segments/:id", s.segmentDossier, visitors},
		{get, "/api/v1/investment/areas/:id", s.areaDossier, visitors},
		{get, "/api/v1/projects", s.projects, viewer},
		{post, "/api/v1/projects", s.addProject, planner},
		{get, "/api/v1/projects/:id", s.project, viewer},
		{put, "/api/v1/projects/:id", s.reviseProject, planner},
		{del, "/api/v1/projects/:id", s.deleteProject, planner},
		{post, "/api/v1/projects/:id/apportion", s.apportion, planner},
		{get, "/api/v1/entries", s.entries, viewer},
		{post, "/api/v1/entries", s.addEntry, planner},
		{get, "/api/v1/entries/:id", s.entry, viewer},
		{post, "/api/v1/entries/:id/reverse", s.reverseEntry, planner},
		{get, "/api/v1/entries/:id/document", s.entryDocument, planner},
		{post, "/api/v1/documents", s.addDocument, planner},

		{get, "/api/v1/version", s.version, open},
		{get, "/healthz", s.healthz, open},
		{get, "/readyz", s.readyz, open},
		{get, "/metrics", s.showMetrics, admin},
	}
}

func (s *Server) addRoutes() {
	methods := map[string][]string{}
	for _, r := range s.routes() {
		s.echo.Add(r.method, r.path, s.guard(r))
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == get {
			s.echo.Add(http.MethodHead, r.path, s.guard(r))
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
	h.Set("Access-Control-Allow-Headers", "authorization, content-type, if-match, if-none-match, content-crs, idempotency-key, registry-position")
	h.Set("Access-Control-Max-Age", "86400")
	return c.NoContent(http.StatusOK)
}

// openToAll lets pages of other sites read an answer: it is public, and comes
// without their visitor's cookies.
func openToAll(c echo.Context) {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Content-Crs, ETag, Link, Location, Registry-Position")
}
