package web

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// step is what a verb of the life cycle is told.
type step struct {
	On         string          `json:"on"`
	Geometry   json.RawMessage `json:"geometry,omitempty"`
	AccuracyM  *float64        `json:"accuracy_m,omitempty"`
	ID         *uuid.UUID      `json:"id,omitempty"`
	Class      *string         `json:"class,omitempty"`
	Name       *string         `json:"name,omitempty"`
	Condition  *string         `json:"condition,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// allow refuses members that a verb does not take.
func (st step) allow(where, replacement bool) error {
	switch {
	case !where && (st.Geometry != nil || st.AccuracyM != nil):
		return assets.Errorf(assets.Invalid, "geometry", "只有移动可以给出位置", "only a move says where")
	case !replacement && (st.ID != nil || st.Class != nil || st.Name != nil || st.Condition != nil || st.Attributes != nil):
		return assets.Errorf(assets.Invalid, "body", "只有更换可以描述新设施", "only a replacement describes another asset")
	}
	return assets.CheckDay(st.On)
}

// install, move and remove are the verbs that change one asset.
func (s *Server) install(c echo.Context) error {
	return s.step(c, false, func(st step, a *assets.Asset) error { return a.Install(st.On) })
}

func (s *Server) remove(c echo.Context) error {
	return s.step(c, false, func(st step, a *assets.Asset) error { return a.Remove(st.On) })
}

func (s *Server) move(c echo.Context) error {
	return s.step(c, true, func(st step, a *assets.Asset) error {
		g, err := geo.ParseGeometry(st.Geometry)
		if err != nil {
			return err
		}
		if st.AccuracyM != nil {
			a.AccuracyM = st.AccuracyM
		}
		a.Geometry = g
		return nil
	})
}

// step reads what a verb is told and lets it change the asset.
func (s *Server) step(c echo.Context, where bool, fn func(step, *assets.Asset) error) error {
	t, st, body, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := st.allow(where, false); err != nil {
		return said(err)
	}
	if where && st.Geometry == nil {
		return said(assets.Errorf(assets.Invalid, "geometry", "必须给出新位置", "is required"))
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	version, err := s.store.ReviseAsset(c.Request().Context(), w, t, func(a *assets.Asset) error { return fn(st, a) })
	if err != nil {
		return s.stale(c, t, said(err))
	}
	return s.answerVersion(c, http.StatusOK, t.Collection, t.Jurisdiction, t.ID, version)
}

func (s *Server) readStep(c echo.Context) (t postgis.Target, st step, body []byte, err error) {
	if _, err := parametersOf(c); err != nil {
		return t, st, nil, err
	}
	if t, err = s.targetIn(c, assets.CollectionAssets); err != nil {
		return t, st, nil, err
	}
	body, err = readJSON(c, &st)
	return t, st, body, err
}

// restore puts a removed asset back into service, or brings a deleted one back.
func (s *Server) restore(c echo.Context) error {
	t, st, body, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := st.allow(false, false); err != nil {
		return said(err)
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	version, err := s.store.Restore(c.Request().Context(), w, t, st.On)
	if err != nil {
		return s.stale(c, t, said(err))
	}
	return s.answerVersion(c, http.StatusOK, t.Collection, t.Jurisdiction, t.ID, version)
}

// replace retires an asset and puts another in its place.
func (s *Server) replace(c echo.Context) error {
	t, st, body, err := s.readStep(c)
	if err != nil {
		return err
	}
	if err := st.allow(false, true); err != nil {
		return said(err)
	}
	w, err := opOf(c, body)
	if err != nil {
		return err
	}
	var id uuid.UUID
	if st.ID != nil {
		id = *st.ID
	}
	ctx := c.Request().Context()
	retired, created, made, err := s.store.Replace(ctx, w, t, st.On, id, st.successor)
	if err != nil {
		return s.stale(c, t, said(err))
	}
	before, err := s.featureVersion(ctx, t.Collection, t.Jurisdiction, t.ID, retired)
	if err != nil {
		return err
	}
	after, err := s.featureVersion(ctx, t.Collection, t.Jurisdiction, made, created)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.root(c)+"/ogc/collections/assets/items/"+made.String())
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusCreated, map[string]json.RawMessage{"retired": before, "created": after})
}

// successor makes the asset that stands in another's place. With another class
// it takes over no attributes.
func (st step) successor(old assets.Asset, made *assets.Asset) (err error) {
	if st.Class != nil && *st.Class != old.Class {
		made.Class, made.Attributes = *st.Class, nil
	}
	if st.Name != nil {
		made.Name = *st.Name
	}
	if st.Condition != nil {
		made.Condition = *st.Condition
	}
	if st.Attributes != nil {
		made.Attributes, err = assets.MergeAttributes(made.Attributes, st.Attributes)
	}
	return err
}
