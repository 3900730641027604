package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

// crs84 is the system of the registry, and of every answer that asks for no other.
var crs84 = geo.CRS84.URI

// systems lists the systems in which all that the caller may see of a collection
// can be given: a zone of China is none for data from elsewhere.
func (s *Server) systems(c echo.Context, collection string) ([]*geo.System, error) {
	b, ok, err := s.extent(c.Request().Context(), collection, s.view(c))
	if err != nil {
		return nil, err
	}
	var list []*geo.System
	for _, system := range geo.Systems {
		if !ok || system.Serves(b) {
			list = append(list, system)
		}
	}
	return list, nil
}

func systemURIs(list []*geo.System) []string {
	uris := make([]string, len(list))
	for i, s := range list {
		uris[i] = s.URI
	}
	return uris
}

// system reads a parameter that names a system of a collection.
func (s *Server) system(c echo.Context, p parameters, name, collection string) (*geo.System, error) {
	v, ok := p.text(name)
	if !ok {
		return geo.CRS84, nil
	}
	list, err := s.systems(c, collection)
	if err != nil {
		return nil, err
	}
	found := geo.FindSystem(v)
	if found == nil || !slices.Contains(list, found) {
		return nil, assets.Errorf(assets.Invalid, name, "应为其中之一：%s", "must be one of: %s", strings.Join(systemURIs(list), ", "))
	}
	return found, nil
}

// readDraft reads a feature whose positions are in the system that Content-Crs
// names, with or without the angle brackets, which QGIS leaves out.
func (s *Server) readDraft(c echo.Context, body []byte, patch bool) (exchange.Draft, error) {
	var system *geo.System
	if name := strings.TrimSpace(c.Request().Header.Get("Content-Crs")); name != "" {
		uri := strings.TrimSuffix(strings.TrimPrefix(name, "<"), ">")
		if system = geo.FindSystem(uri); system == nil {
			return exchange.Draft{}, assets.Errorf(assets.Invalid, "Content-Crs", "应为其中之一：%s", "must be one of: %s", strings.Join(systemURIs(geo.Systems), ", "))
		}
	}
	if err := exchange.CheckJSON(body); err != nil {
		return exchange.Draft{}, err
	}
	d, err := exchange.ReadDraft(body, patch, func(raw []byte) (orb.Geometry, error) { return geo.ParseGeometryIn(raw, system) })
	return d, said(err)
}

// extents remembers how far the collections reach, until something changes:
// measuring a million points takes a while, and answers ask again and again.
type extents struct {
	mu       sync.Mutex
	position int64
	known    map[string]extentOf
}

type extentOf struct {
	bound orb.Bound
	ok    bool
}

// extent is the box around everything of a collection that a view shows now.
func (s *Server) extent(ctx context.Context, collection string, v assets.View) (orb.Bound, bool, error) {
	position, err := s.store.Position(ctx)
	if err != nil {
		return orb.Bound{}, false, err
	}
	key := fmt.Sprint(collection, v.Scope.All(), v.Scope.List())
	s.extents.mu.Lock()
	defer s.extents.mu.Unlock()
	if s.extents.position != position || s.extents.known == nil {
		s.extents.position, s.extents.known = position, map[string]extentOf{}
	}
	if e, ok := s.extents.known[key]; ok {
		return e.bound, e.ok, nil
	}
	b, ok, err := s.store.Extent(ctx, collection, assets.View{Scope: v.Scope})
	if err == nil {
		s.extents.known[key] = extentOf{b, ok}
	}
	return b, ok, err
}
