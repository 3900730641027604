package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

// features calls each with every feature that a query selects, encoded behind
// dst, and its key.
func features(ctx context.Context, from source, collection string, q assets.Query, in *geo.System, each func(assets.Header, func([]byte) []byte) error) error {
	switch collection {
	case assets.CollectionAreas:
		return from.EachArea(ctx, q, func(a *assets.Area) error {
			return each(a.Header, func(dst []byte) []byte { return exchange.AppendAreaFeature(dst, a, in) })
		})
	case assets.CollectionSegments:
		return from.EachSegment(ctx, q, func(s *assets.Segment) error {
			return each(s.Header, func(dst []byte) []byte { return exchange.AppendSegmentFeature(dst, s, in) })
		})
	}
	return from.EachAsset(ctx, q, func(a *assets.Asset) error {
		return each(a.Header, func(dst []byte) []byte { return exchange.AppendAssetFeature(dst, a, in) })
	})
}

// itemParameters are what a list of features can be asked.
func itemParameters(collection string) []string {
	return append(propertyNames(collection), "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "limit", "after")
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
	q, in, err := s.itemsQuery(c, asked.parameters, collection)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	r, err := s.read(c)
	if err != nil {
		return err
	}
	defer r.close()
	position, err := r.position(ctx)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Crs", "<"+in.URI+">")
	h.Set("Link", "<"+s.root(c)+"/ogc/collections/"+collection+"/queryables>; rel=\""+relQueryables+"\"; type=\""+typeSchema+"\"")
	if asked.format == formatHTML {
		return s.itemsPage(c, r, asked, collection, q)
	}
	h.Add("Vary", "Accept-Encoding")
	if unchangedWeakly(c, s.tagOf(c, position)) {
		return c.NoContent(http.StatusNotModified)
	}
	q.Limit++ // to know whether there is a next page
	from, err := r.ask(ctx, collection, q)
	if err != nil {
		return err
	}
	matched, err := from.Count(ctx, collection, q)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead { // the header alone needs no rows
		h.Set(echo.HeaderContentType, typeGeoJSON)
		return c.NoContent(http.StatusOK)
	}
	return s.writePage(c, from, asked, collection, q, in, matched)
}

// itemsQuery reads the parameters of a list of features, and the system in which
// they are wanted.
func (s *Server) itemsQuery(c echo.Context, p parameters, collection string) (q assets.Query, in *geo.System, err error) {
	if in, err = s.system(c, p, "crs", collection); err != nil {
		return q, in, err
	}
	box, err := s.system(c, p, "bbox-crs", collection)
	if err != nil {
		return q, in, err
	}
	if q, err = p.selection(collection, s.view(c), box); err != nil {
		return q, in, err
	}
	if q.Filter, err = s.filter(c, p, collection); err != nil {
		return q, in, err
	}
	if q.Limit, err = p.limit(assets.DefaultLimit, assets.MaxLimit); err != nil {
		return q, in, err
	}
	if v, ok := p.text("after"); ok {
		if q.After, err = assets.ParseKey(v); err != nil {
			return q, in, err
		}
	}
	return q, in, nil
}

// writePage streams a FeatureCollection. The query asks for one row more than the
// page has; the links stand after the features, because only then the last key is
// known.
func (s *Server) writePage(c echo.Context, from source, asked question, collection string, q assets.Query, in *geo.System, matched int64) error {
	limit := q.Limit - 1
	var last assets.Key
	more, out := false, newFeatureWriter(c)
	err := features(c.Request().Context(), from, collection, q, in, func(h assets.Header, appendTo func([]byte) []byte) error {
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

// item answers one feature. Its ETag begins with its version.
func (s *Server) item(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	asked, err := ask(c, documentFormats, "datetime", "crs")
	if err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	view := s.view(c)
	if view.At, err = asked.datetime(); err != nil {
		return err
	}
	in, err := s.system(c, asked.parameters, "crs", collection)
	if err != nil {
		return err
	}
	r, err := s.read(c)
	if err != nil {
		return err
	}
	defer r.close()
	header, body, err := r.feature(c.Request().Context(), collection, view, id, in)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Crs", "<"+in.URI+">")
	links := append(s.selfAndAlternate(c, asked, typeGeoJSON), link{Href: s.root(c) + "/ogc/collections/" + collection, Rel: "collection", Type: typeJSON})
	if asked.format == formatHTML {
		return s.itemPage(c, asked, collection, body, links)
	}
	text, err := marshal(links)
	if err != nil {
		return err
	}
	h.Add("Vary", "Accept-Encoding")
	if unchanged(c, featureTag(versionTag(header.Version, view, in), collection, body)) {
		return c.NoContent(http.StatusNotModified)
	}
	return writeWhole(c, typeGeoJSON, append(append(append(body[:len(body)-1], `,"links":`...), text...), '}'))
}

// versionTag is the tag of a version; what the public sees of it is another
// representation, and so is each system.
func versionTag(version int, v assets.View, in *geo.System) string {
	tag := strconv.Itoa(version)
	if in != geo.CRS84 {
		tag += "-" + strings.TrimPrefix(in.Name, "EPSG:")
	}
	if v.Public {
		tag += "-public"
	}
	return tag
}

// featureTag is the tag of a feature's representation. A segment shows figures
// that change while its version does not.
func featureTag(tag, collection string, body []byte) string {
	if collection != assets.CollectionSegments {
		return tag
	}
	sum := sha256.Sum256(body)
	return tag + "-" + hex.EncodeToString(sum[:6])
}

func (r *reader) feature(ctx context.Context, collection string, v assets.View, id uuid.UUID, in *geo.System) (assets.Header, []byte, error) {
	switch collection {
	case assets.CollectionAreas:
		a, err := r.area(ctx, v, id)
		return a.Header, exchange.AppendAreaFeature(nil, &a, in), err
	case assets.CollectionSegments:
		g, err := r.segment(ctx, v, id)
		return g.Header, exchange.AppendSegmentFeature(nil, &g, in), err
	}
	a, err := r.asset(ctx, v, id)
	return a.Header, exchange.AppendAssetFeature(nil, &a, in), err
}
