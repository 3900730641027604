package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

const typeMergePatch = "application/merge-patch+json"

// editorOf each collection is the role that may write to it.
var editorOf = map[string]string{
	assets.CollectionAreas:    assets.RolePlanner,
	assets.CollectionSegments: assets.RolePlanner,
	assets.CollectionAssets:   assets.RoleField,
}

// target finds the object in the path for somebody who wants to write to it.
func (s *Server) target(c echo.Context) (postgis.Target, error) {
	collection, err := collectionOf(c)
	if err != nil {
		return postgis.Target{}, err
	}
	return s.targetIn(c, collection)
}

func (s *Server) targetIn(c echo.Context, collection string) (t postgis.Target, err error) {
	t.Collection = collection
	if t.ID, err = idOf(c); err != nil {
		return t, err
	}
	if t.Jurisdiction, err = s.store.Where(c.Request().Context(), s.view(c).Scope, t.Collection, t.ID); err != nil {
		if assets.ErrorCode(err) == assets.NotFound && c.Request().Header.Get("If-Match") != "" && !isVerb(c) {
			// RFC 9110: a condition on what is not there is not met.
			err = assets.Errorf(assets.Stale, "If-Match", "没有这个对象", "there is no such object")
		}
		return t, err
	}
	t.Match = matchOf(c)
	return t, s.may(c, editorOf[t.Collection], t.Jurisdiction)
}

// isVerb tells the verbs of /api/v1 from the methods of OGC API.
func isVerb(c echo.Context) bool { return c.Request().Method == http.MethodPost }

// addItem stores a new feature.
func (s *Server) addItem(c echo.Context) error {
	collection, err := collectionOf(c)
	if err != nil {
		return err
	}
	known := []string{}
	if collection == assets.CollectionAssets {
		known = append(known, "duplicate")
	}
	p, err := parametersOf(c, known...)
	if err != nil {
		return err
	}
	if v, ok := p.text("duplicate"); ok && v != "allow" {
		return assets.Errorf(assets.Invalid, "duplicate", "应为 allow", "must be allow")
	}
	body, err := readBody(c, typeGeoJSON)
	if err != nil {
		return err
	}
	d, err := s.readDraft(c, body, false)
	if err != nil {
		return err
	}
	jurisdiction, err := s.placeFor(c, collection, d)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	_, duplicate := p.text("duplicate")
	id, version, err := s.create(c.Request().Context(), w, collection, jurisdiction, d, duplicate)
	if err != nil {
		return said(err)
	}
	c.Response().Header().Set("Location", s.root(c)+"/ogc/collections/"+collection+"/items/"+id.String())
	return s.answerVersion(c, http.StatusCreated, collection, jurisdiction, id, version)
}

func (s *Server) create(ctx context.Context, w postgis.Write, collection, jurisdiction string, d exchange.Draft, duplicate bool) (id uuid.UUID, version int, err error) {
	switch collection {
	case assets.CollectionAreas:
		a := assets.Area{Header: assets.Header{ID: d.ID}}
		if err = d.Area(&a, true); err == nil {
			version, err = s.store.CreateArea(ctx, w, jurisdiction, &a)
		}
		return a.ID, version, err
	case assets.CollectionSegments:
		g := assets.Segment{Header: assets.Header{ID: d.ID}}
		if err = d.Segment(&g, true); err == nil {
			version, err = s.store.CreateSegment(ctx, w, jurisdiction, &g)
		}
		return g.ID, version, err
	}
	a := assets.Asset{Header: assets.Header{ID: d.ID}}
	if err = d.Asset(&a, true); err == nil {
		version, err = s.store.CreateAsset(ctx, w, jurisdiction, &a, duplicate)
		return a.ID, version, inProperties(err)
	}
	return a.ID, version, s.withAttributes(ctx, err, jurisdiction, a)
}

// withAttributes adds what the class says of an asset's attributes to the faults
// of its other members, so that all are named at once.
func (s *Server) withAttributes(ctx context.Context, found error, jurisdiction string, a assets.Asset) error {
	var faults, more assets.Errors
	if !errors.As(found, &faults) {
		return found
	}
	class, err := s.store.Class(ctx, jurisdiction, a.Class)
	if err == nil {
		err = class.Check(a.Attributes, nil)
	}
	if err = inProperties(err); errors.As(err, &more) {
		return append(faults, more...)
	}
	if assets.ErrorCode(err) == "" && err != nil {
		return err
	}
	return faults
}

// inProperties names the members that the store complains of as they stand in a
// feature.
func inProperties(err error) error {
	within := func(e *assets.Error) *assets.Error {
		if e.Field == "" || strings.HasPrefix(e.Field, "geometry") || strings.HasPrefix(e.Field, "properties") || e.Code != assets.Invalid && e.Field != "code" && e.Field != "source_id" {
			return e
		}
		return &assets.Error{Code: e.Code, Field: "properties." + e.Field, Text: e.Text}
	}
	var list assets.Errors
	var one *assets.Error
	var twins *assets.Duplicate
	switch {
	case errors.As(err, &twins):
	case errors.As(err, &list):
		named := make(assets.Errors, len(list))
		for i, e := range list {
			named[i] = within(e)
		}
		return named
	case errors.As(err, &one):
		return within(one)
	}
	return err
}

// placeFor is the jurisdiction that a new feature goes to: the one it names, or
// the only one in which its writer may.
func (s *Server) placeFor(c echo.Context, collection string, d exchange.Draft) (string, error) {
	role := editorOf[collection]
	named := d.Jurisdiction()
	if named == "" {
		scope := callerOf(c).scope(role)
		if list := scope.List(); !scope.All() && len(list) == 1 {
			return list[0], nil
		}
		return "", said(assets.Errorf(assets.Invalid, "properties.jurisdiction", "必须给出 9 位区划代码", "is required: a 9-digit division code"))
	}
	if len(named) != 9 || !digitsOnly(named) || named == assets.SystemJurisdiction {
		return "", said(assets.Errorf(assets.Invalid, "properties.jurisdiction", "应为 9 位数字的区划代码", "must be a 9-digit division code"))
	}
	return named, s.may(c, role, named)
}

// replaceItem stores a feature in the place of another: what it leaves out is
// emptied. An id in the body says nothing.
func (s *Server) replaceItem(c echo.Context) error { return s.changeItem(c, true, typeGeoJSON) }

// patchItem changes what a merge patch names (RFC 7396).
func (s *Server) patchItem(c echo.Context) error { return s.changeItem(c, false, typeMergePatch) }

func (s *Server) changeItem(c echo.Context, replace bool, mediaType string) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	t, err := s.target(c)
	if err != nil {
		return err
	}
	body, err := readBody(c, mediaType)
	if err != nil {
		return err
	}
	if !t.Match.Given() {
		return s.stale(c, t, t.Match.Check(0))
	}
	d, err := s.readDraft(c, body, !replace)
	if err != nil {
		return err
	}
	if named := d.Jurisdiction(); named != "" && named != t.Jurisdiction {
		return said(assets.Errorf(assets.Invalid, "properties.jurisdiction", "辖区不能修改", "cannot be changed"))
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	version, err := s.revise(c.Request().Context(), w, t, d, replace)
	if err != nil {
		return s.stale(c, t, said(inProperties(err)))
	}
	return s.answerVersion(c, http.StatusOK, t.Collection, t.Jurisdiction, t.ID, version)
}

func (s *Server) revise(ctx context.Context, w postgis.Write, t postgis.Target, d exchange.Draft, replace bool) (int, error) {
	switch t.Collection {
	case assets.CollectionAreas:
		return s.store.ReviseArea(ctx, w, t, func(a *assets.Area) error { return d.Area(a, replace) })
	case assets.CollectionSegments:
		return s.store.ReviseSegment(ctx, w, t, func(g *assets.Segment) error { return d.Segment(g, replace) })
	}
	return s.store.ReviseAsset(ctx, w, t, func(a *assets.Asset) error { return d.Asset(a, replace) })
}

// deleteItem takes a feature from every read; its history stays, and it can be
// brought back.
func (s *Server) deleteItem(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	t, err := s.target(c)
	if err != nil {
		return err
	}
	w, err := opOf(c)
	if err != nil {
		return err
	}
	if err := s.store.Delete(c.Request().Context(), w, t); err != nil {
		return s.stale(c, t, err)
	}
	openToAll(c)
	return c.NoContent(http.StatusNoContent)
}

// movedOn is a write that was refused for what its writer saw, with the feature as
// it is now, so that he can compare the two.
type movedOn struct {
	error
	current []byte // nil when it is deleted
}

func (m movedOn) Unwrap() error { return m.error }

// stale adds the present state to an error of code Stale or Unmatched. A target
// that is deleted was there when its writer was let through: a condition on it is
// not met (RFC 9110, 13.1.1). A version in the path that never was stays not found.
func (s *Server) stale(c echo.Context, t postgis.Target, err error) error {
	code := assets.ErrorCode(err)
	switch {
	case code == assets.NotFound && c.Request().Header.Get("If-Match") != "" && c.Param("version") == "":
		return movedOn{assets.Errorf(assets.Stale, "If-Match", "对象已被他人删除", "somebody deleted the object"), nil}
	case code != assets.Stale && code != assets.Unmatched:
		return err
	}
	header, body, found := (&reader{server: s}).feature(c.Request().Context(), t.Collection, assets.View{Scope: assets.Only(t.Jurisdiction)}, t.ID, nil)
	switch {
	case assets.ErrorCode(found) == assets.NotFound:
		return movedOn{err, nil}
	case found != nil:
		return errors.Join(err, found)
	case code == assets.Unmatched:
		err = t.Match.Check(header.Version)
	}
	return movedOn{err, body}
}

// answerVersion answers a write with what it made: the feature in that version,
// also when the same operation comes again after others.
func (s *Server) answerVersion(c echo.Context, status int, collection, jurisdiction string, id uuid.UUID, version int) error {
	body, err := s.featureVersion(c.Request().Context(), collection, jurisdiction, id, version)
	if err != nil {
		return err
	}
	openToAll(c)
	h := c.Response().Header()
	h.Set("Content-Crs", "<"+crs84+">")
	h.Set("ETag", etagFor(c, featureTag(strconv.Itoa(version), collection, body)))
	h.Set("Cache-Control", "no-store")
	return c.Blob(status, typeGeoJSON, body)
}

func (s *Server) featureVersion(ctx context.Context, collection, jurisdiction string, id uuid.UUID, version int) ([]byte, error) {
	switch collection {
	case assets.CollectionAreas:
		a, err := s.store.AreaVersion(ctx, jurisdiction, id, version)
		return exchange.AppendAreaFeature(nil, &a, nil), err
	case assets.CollectionSegments:
		g, err := s.store.SegmentVersion(ctx, jurisdiction, id, version)
		if err != nil {
			return nil, err
		}
		g.Figures, err = s.store.SegmentFigures(ctx, jurisdiction, id)
		return exchange.AppendSegmentFeature(nil, &g, nil), err
	}
	a, err := s.store.AssetVersion(ctx, jurisdiction, id, version)
	return exchange.AppendAssetFeature(nil, &a, nil), err
}

// etagOf is the strong tag of a version.
func etagOf(version int) string { return fmt.Sprintf(`"%d"`, version) }

// etagFor is the tag that a GET of the same client would show.
func etagFor(c echo.Context, tag string) string {
	return `"` + tag + tagEnds[encodingOf(c.Request())] + `"`
}
