package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

// Formats of the background map.
const (
	formatGeoJSON  = "geojson"
	formatTopoJSON = "topojson"
)

// basemap answers the background map of a jurisdiction, which the program draws
// without the internet: as GeoJSON, or as TopoJSON in a third of the bytes.
func (s *Server) basemap(c echo.Context) error {
	p, err := parametersOf(c, "jurisdiction", "f")
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeOf(c, p)
	if err != nil {
		return err
	}
	f, _ := p.text("f")
	if f != "" && f != formatGeoJSON && f != formatTopoJSON {
		return assets.Errorf(assets.Invalid, "f", "应为 geojson 或 topojson", "must be geojson or topojson")
	}
	ctx := c.Request().Context()
	if _, err := s.store.Jurisdiction(ctx, jurisdiction); err != nil {
		return err
	}
	position, err := s.store.Position(ctx)
	if err != nil {
		return err
	}
	openToAll(c)
	c.Response().Header().Set("Cache-Control", "no-cache")
	c.Response().Header().Add("Vary", "Accept-Encoding")
	if unchanged(c, s.tagOf(c, position)) {
		return c.NoContent(http.StatusNotModified)
	}
	if f == formatTopoJSON {
		var t geo.Topology
		var properties []byte
		err := s.store.EachBasemap(ctx, jurisdiction, func(b *assets.BasemapFeature) error {
			properties = exchange.AppendBasemapProperties(properties[:0], b)
			t.Add(b.Geometry, properties)
			return nil
		})
		if err != nil {
			return err
		}
		return writeWhole(c, typeJSON, t.Bytes("basemap"))
	}
	out := newFeatureWriter(c)
	err = s.store.EachBasemap(ctx, jurisdiction, func(b *assets.BasemapFeature) error {
		return out.add(func(dst []byte) []byte { return exchange.AppendBasemapFeature(dst, b) })
	})
	if err != nil {
		return err
	}
	return out.end("")
}
