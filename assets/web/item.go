package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

// features calls each with every feature that a query selects, encoded behind
// dst, and its key.
func features(ctx context.Context, store *postgis.Store, collection string, q assets.Query, each func(assets.Header, func([]byte) []byte) error) error {
	switch collection {
	case assets.CollectionAreas:
		return store.EachArea(ctx, q, func(a *assets.Area) error {
			return each(a.Header, func(dst []byte) []byte { return exchange.AppendAreaFeature(dst, a) })
		})
	case assets.CollectionSegments:
		return store.EachSegment(ctx, q, func(s *assets.Segment) error {
			return each(s.Header, func(dst []byte) []byte { return exchange.AppendSegmentFeature(dst, s) })
		})
	}
	return store.EachAsset(ctx, q, func(a *assets.Asset) error {
		return each(a.Header, func(dst []byte) []byte { return exchange.AppendAssetFeature(dst, a) })
	})
}

// itemParameters are what a list of features can be asked.
func itemParameters(collection string) []string {
	return append(propertyNames(collection), "bbox", "datetime", "limit", "after")
}

// items answers a page of features, as GeoJSON written as the rows come, or as
// a table for people.
func (s *Server) items(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	asked, err := ask(c, documentFormats, itemParameters(collection)...)
	if err != nil {
		return err
	}
	q, err := asked.page(collection)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	position, err := s.store.Position(ctx)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Crs", "<"+crs84+">")
	if asked.format == formatHTML {
		return s.itemsPage(c, asked, collection, q)
	}
	h.Add("Vary", "Accept-Encoding")
	if unchangedWeakly(c, s.tagOf(c, position)) {
		return c.NoContent(http.StatusNotModified)
	}
	matched, err := s.store.Count(ctx, collection, q)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead { // the header alone needs no rows
		h.Set(echo.HeaderContentType, typeGeoJSON)
		return c.NoContent(http.StatusOK)
	}
	return s.writePage(c, asked, collection, q, matched)
}

// page reads the parameters of a list of features.
func (p parameters) page(collection string) (assets.Query, error) {
	q, err := p.selection(collection)
	if err != nil {
		return q, err
	}
	if err := p.datetime(); err != nil {
		return q, err
	}
	if q.Limit, err = p.limit(assets.DefaultLimit, assets.MaxLimit); err != nil {
		return q, err
	}
	if v, ok := p.text("after"); ok {
		if q.After, err = assets.ParseKey(v); err != nil {
			return q, err
		}
	}
	return q, nil
}

// writePage streams a FeatureCollection. One row more than asked for is read,
// to know whether there is a next page; the links stand after the features,
// because only then the last key is known.
func (s *Server) writePage(c echo.Context, asked question, collection string, q assets.Query, matched int64) error {
	limit := q.Limit
	q.Limit++
	var last assets.Key
	more, out := false, newFeatureWriter(c)
	err := features(c.Request().Context(), s.store, collection, q, func(h assets.Header, appendTo func([]byte) []byte) error {
		if out.written == limit {
			more = true
			return nil
		}
		last = assets.Key{Jurisdiction: h.Jurisdiction, ID: h.ID}
		return out.add(appendTo)
	})
	if err != nil {
		return err
	}
	links := append(s.selfAndAlternate(c, asked, typeGeoJSON), link{Href: s.root(c) + "/ogc/collections/" + collection, Rel: "collection", Type: typeJSON})
	if more {
		links = append(links, link{Href: s.nextPage(c, last), Rel: "next", Type: typeGeoJSON})
	}
	text, err := marshal(links)
	if err != nil {
		return err
	}
	return out.end(fmt.Sprintf(`,"links":%s,"timeStamp":"%s","numberMatched":%d,"numberReturned":%d`,
		text, time.Now().UTC().Format(time.RFC3339), matched, out.written))
}

// nextPage is the same question, from a place further on.
func (s *Server) nextPage(c echo.Context, after assets.Key) string {
	next := url.Values{}
	for name, list := range c.Request().URL.Query() {
		next.Set(name, list[0])
	}
	next.Set("after", after.String())
	return s.root(c) + c.Request().URL.EscapedPath() + "?" + next.Encode()
}

// item answers one feature. Its ETag follows from its version.
func (s *Server) item(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	asked, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	header, body, err := s.feature(c.Request().Context(), collection, id)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Crs", "<"+crs84+">")
	links := append(s.selfAndAlternate(c, asked, typeGeoJSON), link{Href: s.root(c) + "/ogc/collections/" + collection, Rel: "collection", Type: typeJSON})
	if asked.format == formatHTML {
		return s.itemPage(c, asked, collection, body, links)
	}
	text, err := marshal(links)
	if err != nil {
		return err
	}
	h.Add("Vary", "Accept-Encoding")
	if unchanged(c, strconv.Itoa(header.Version)) {
		return c.NoContent(http.StatusNotModified)
	}
	return writeWhole(c, typeGeoJSON, append(append(append(body[:len(body)-1], `,"links":`...), text...), '}'))
}

func (s *Server) feature(ctx context.Context, collection string, id uuid.UUID) (assets.Header, []byte, error) {
	switch collection {
	case assets.CollectionAreas:
		a, err := s.store.Area(ctx, id)
		return a.Header, exchange.AppendAreaFeature(nil, &a), err
	case assets.CollectionSegments:
		g, err := s.store.Segment(ctx, id)
		return g.Header, exchange.AppendSegmentFeature(nil, &g), err
	}
	a, err := s.store.Asset(ctx, id)
	return a.Header, exchange.AppendAssetFeature(nil, &a), err
}
