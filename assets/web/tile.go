package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"streetbook/geo"
)

// tile answers one vector tile of a collection; 204 where nothing is.
func (s *Server) tile(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	p, err := parametersOf(c, propertyNames(collection)...)
	if err != nil {
		return err
	}
	t, err := geo.ParseTile(c.Param("z"), c.Param("row"), c.Param("col"))
	if err != nil {
		return err
	}
	q, err := p.selection(collection)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	mvt, err := s.store.Tile(ctx, collection, t, q)
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
