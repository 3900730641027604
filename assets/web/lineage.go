package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// cutBody is where a segment is to be parted.
type cutBody struct {
	ChainageM *float64  `json:"chainage_m"`
	Point     []float64 `json:"point"`
}

// cut checks the point, which may be anywhere on the globe but nowhere else.
func (b cutBody) cut(i int) (assets.Cut, error) {
	if b.Point == nil {
		return assets.Cut{ChainageM: b.ChainageM}, nil
	}
	field := fmt.Sprintf("at.%d.point", i)
	if len(b.Point) != 2 {
		return assets.Cut{}, assets.Errorf(assets.Invalid, field, "应为 [经度, 纬度]", "must be [longitude, latitude]")
	}
	p := orb.Point{b.Point[0], b.Point[1]}
	if geo.Validate(p) != nil {
		return assets.Cut{}, assets.Errorf(assets.Invalid, field, "不是经纬度", "is no longitude and latitude")
	}
	return assets.Cut{ChainageM: b.ChainageM, Point: &p}, nil
}

// splitSegment retires a segment and puts its parts in its place.
func (s *Server) splitSegment(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	t, err := s.targetIn(c, assets.CollectionSegments)
	if err != nil {
		return err
	}
	var in struct {
		At    []cutBody       `json:"at"`
		Parts []assets.Naming `json:"parts"`
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	cuts := make([]assets.Cut, len(in.At))
	for i, b := range in.At {
		if cuts[i], err = b.cut(i); err != nil {
			return said(err)
		}
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	done, err := s.store.SplitSegment(c.Request().Context(), w, t, cuts, in.Parts)
	if err != nil {
		return s.stale(c, t, said(err))
	}
	return s.answerRetired(c, w, assets.LineageSplit, done)
}

// mergeSegments retires segments that meet end to end and puts one in their place.
func (s *Server) mergeSegments(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	var in struct {
		IDs      []uuid.UUID `json:"ids"`
		Versions []int       `json:"versions"`
		assets.Naming
	}
	body, err := readJSON(c, &in)
	if err != nil {
		return err
	}
	if len(in.IDs) < 2 || len(in.IDs) > assets.MaxPieces {
		return said(assets.Errorf(assets.Invalid, "ids", "须给出 2 到 %d 个路段", "must be 2 to %d segments", assets.MaxPieces))
	}
	if in.Versions != nil && len(in.Versions) != len(in.IDs) {
		return said(assets.Errorf(assets.Invalid, "versions", "须与 ids 一一对应", "must be as many as ids"))
	}
	ctx := c.Request().Context()
	place, err := s.placeOfSegments(ctx, c, in.IDs)
	if err != nil {
		return err
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	done, err := s.store.MergeSegments(ctx, w, place, in.IDs, in.Versions, in.Naming)
	if err != nil {
		return said(err)
	}
	return s.answerRetired(c, w, assets.LineageMerge, done)
}

// placeOfSegments is the jurisdiction of segments, which must be one, and in which
// whoever merges them must be a planner.
func (s *Server) placeOfSegments(ctx context.Context, c echo.Context, ids []uuid.UUID) (place string, err error) {
	for i, id := range ids {
		here, err := s.store.Where(ctx, s.view(c).Scope, assets.CollectionSegments, id)
		if assets.ErrorCode(err) == assets.NotFound {
			err = said(assets.Errorf(assets.Invalid, fmt.Sprintf("ids.%d", i), "没有这个路段", "there is no such segment"))
		}
		if err != nil {
			return "", err
		}
		if err := s.may(c, assets.RolePlanner, here); err != nil {
			return "", err
		}
		if i > 0 && here != place {
			return "", said(assets.Errorf(assets.Invalid, fmt.Sprintf("ids.%d", i), "路段不在同一辖区", "the segments are not of one jurisdiction"))
		}
		place = here
	}
	return place, nil
}

// goneDocument is a segment that lives on in others.
type goneDocument struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Version int       `json:"version"`
}

func (s *Server) answerRetired(c echo.Context, w postgis.Write, kind string, done postgis.Retired) error {
	gone, made := make([]goneDocument, len(done.Gone)), make([]json.RawMessage, len(done.Made))
	for i, g := range done.Gone {
		gone[i] = goneDocument{g.ID, g.Name, g.Version}
	}
	for i := range done.Made {
		made[i] = exchange.AppendSegmentFeature(nil, &done.Made[i], nil)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	if len(done.Made) == 1 {
		h.Set("Location", s.root(c)+"/ogc/collections/segments/items/"+done.Made[0].ID.String())
	}
	return c.JSON(http.StatusCreated, map[string]any{"op": w.Op, "kind": kind, "retired": gone, "created": made})
}

// segmentLineage answers from which segments one came and in which it lives on.
func (s *Server) segmentLineage(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	id, err := idOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	place, err := s.store.Where(ctx, s.view(c).Scope, assets.CollectionSegments, id)
	if err != nil {
		return err
	}
	if err := s.may(c, assets.RoleViewer, place); err != nil {
		return err
	}
	name, steps, err := s.store.LineageOf(ctx, place, id)
	if err != nil {
		return err
	}
	if steps == nil {
		steps = []postgis.Descent{}
	}
	return s.private(c, map[string]any{"segment": name, "links": steps})
}

// addLineage tells the versions of a segment that a split or a merge made, or
// ended, what it came from and what it became.
func (s *Server) addLineage(ctx context.Context, place string, id uuid.UUID, versions []versionDocument) error {
	_, steps, err := s.store.LineageOf(ctx, place, id)
	if err != nil {
		return err
	}
	for i := range versions {
		for _, step := range steps {
			if step.Op == versions[i].Op && (step.From.ID == id || step.To.ID == id) {
				versions[i].Lineage = append(versions[i].Lineage, step)
			}
		}
	}
	return nil
}
