package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/live"
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
	d, err := s.draw(c, asked.parameters, t, collections)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	if len(d.Bytes) == 0 {
		return c.NoContent(http.StatusNoContent)
	}
	h.Add("Vary", "Accept-Encoding")
	if unchanged(c, d.Tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return writeDrawn(c, d)
}

// draw asks for the tile of each collection. A vector tile is nothing but its
// layers one after the other, so tiles are joined by joining their bytes.
func (s *Server) draw(c echo.Context, p parameters, t geo.Tile, collections []string) (*live.Drawn, error) {
	queries := make([]assets.Query, len(collections))
	for i, collection := range collections {
		var err error
		if queries[i], err = p.selection(collection, s.view(c), geo.CRS84); err != nil {
			return nil, err
		}
	}
	r, err := s.read(c)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.tile(c.Request().Context(), t, acceptsGzip(c.Request()), collections, queries)
}

// writeDrawn sends a tile as it was kept.
func writeDrawn(c echo.Context, d *live.Drawn) error {
	h := c.Response().Header()
	if d.Gzip {
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(d.Bytes)))
	return c.Blob(http.StatusOK, typeMVT, d.Bytes)
}
