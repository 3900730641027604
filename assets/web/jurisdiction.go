package web

import (
	"context"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// jurisdictions lists the places in the registry that the caller may see.
func (s *Server) jurisdictions(c echo.Context) error {
	q, err := ask(c, documentFormats)
	if err != nil {
		return err
	}
	list, err := s.places(c.Request().Context(), s.view(c).Scope)
	if err != nil {
		return err
	}
	return s.listed(c, q, listing{title: assets.Text{ZH: "辖区", EN: "Jurisdictions"}, member: "jurisdictions", document: map[string]any{"jurisdictions": list}})
}

// placeDocument is a jurisdiction on the wire, with what it holds.
type placeDocument struct {
	Code     string      `json:"code"`
	Name     string      `json:"name"`
	Profile  string      `json:"profile"`
	Source   string      `json:"source"`
	BBox     *[4]float64 `json:"bbox"`
	Areas    int64       `json:"areas"`
	Segments int64       `json:"segments"`
	Assets   int64       `json:"assets"`
}

// places lists the jurisdictions of a scope.
func (s *Server) places(ctx context.Context, scope assets.Scope) ([]placeDocument, error) {
	found, err := s.store.Jurisdictions(ctx)
	if err != nil {
		return nil, err
	}
	list := []placeDocument{}
	for _, j := range found {
		if !scope.Has(j.Code) {
			continue
		}
		d := placeDocument{j.Code, j.Name, j.Profile, j.Source, nil, j.Areas, j.Segments, j.Assets}
		if b := j.Bounds; b != (orb.Bound{}) {
			d.BBox = &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		}
		list = append(list, d)
	}
	return list, nil
}
