package web

import (
	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"
)

// jurisdictions lists the places in the registry.
func (s *Server) jurisdictions(c echo.Context) error {
	if _, err := parametersOf(c); err != nil {
		return err
	}
	list, err := s.store.Jurisdictions(c.Request().Context())
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
	entries := make([]entry, len(list))
	for i, j := range list {
		entries[i] = entry{j.Code, j.Name, j.Profile, j.Source, nil, j.Areas, j.Segments, j.Assets}
		if b := j.Bounds; b != (orb.Bound{}) {
			entries[i].BBox = &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		}
	}
	return s.json(c, map[string]any{"jurisdictions": entries})
}
