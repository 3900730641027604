package web

import (
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
	found, err := s.store.Jurisdictions(c.Request().Context())
	if err != nil {
		return err
	}
	type entry struct {
		Code     string      `json:"code"`
		Name     string      `json:"name"`
		Profile  string      `json:"profile"`
		Source   string      `json:"source"`
		BBox     *[4]float64 `json:"bbox"`
		Areas    int64       `json:"areas"`
		Segments int64       `json:"segments"`
		Assets   int64       `json:"assets"`
	}
	entries, scope := []entry{}, s.view(c).Scope
	for _, j := range found {
		if !scope.Has(j.Code) {
			continue
		}
		e := entry{j.Code, j.Name, j.Profile, j.Source, nil, j.Areas, j.Segments, j.Assets}
		if b := j.Bounds; b != (orb.Bound{}) {
			e.BBox = &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		}
		entries = append(entries, e)
	}
	return s.listed(c, q, listing{title: assets.Text{ZH: "辖区", EN: "Jurisdictions"}, member: "jurisdictions", document: map[string]any{"jurisdictions": entries}})
}
