package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/geo"
)

// tileFormats are what tiles are offered in.
var tileFormats = []string{formatMVT}

// tile answers one vector tile of a collection; 204 where nothing is.
func (s *Server) tile(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	return s.answerTile(c, []string{collection}, append(propertyNames(collection), "datetime"))
}

// datasetTile answers a tile with a layer for each collection.
func (s *Server) datasetTile(c echo.Context) error {
	return s.answerTile(c, assets.Collections, []string{"jurisdiction", "datetime"})
}

func (s *Server) answerTile(c echo.Context, collections, known []string) error {
	asked, err := ask(c, tileFormats, known...)
	if err != nil {
		return err
	}
	t, err := geo.ParseTile(c.Param("z"), c.Param("row"), c.Param("col"))
	if err != nil {
		return err
	}
	mvt, err := s.layers(c, asked.parameters, t, collections)
	if err != nil {
		return err
	}
	openToAll(c)
	if mvt == nil {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.NoContent(http.StatusNoContent)
	}
	return s.bytes(c, typeMVT, mvt)
}

// layers asks for the tile of each collection. A vector tile is nothing but its
// layers one after the other, so tiles are joined by joining their bytes.
func (s *Server) layers(c echo.Context, p parameters, t geo.Tile, collections []string) (mvt []byte, err error) {
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	for _, collection := range collections {
		q, err := p.selection(collection, s.view(c), geo.CRS84)
		if err != nil {
			return nil, err
		}
		layer, err := s.store.Tile(ctx, collection, t, q)
		if err != nil {
			return nil, err
		}
		mvt = append(mvt, layer...)
	}
	return mvt, nil
}
