package web

import (
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"streetbook/assets"
	"streetbook/assets/exchange"
)

// investmentMap answers what was invested as segments with the figures of a map,
// so that any GIS draws the same one. They stand here and not among the members
// of a segment: they change when money is booked, and a segment does not.
func (s *Server) investmentMap(c echo.Context, q assets.InvestmentQuery, found assets.Investment) error {
	if !slices.Equal(q.By, []string{assets.TargetSegment}) {
		return assets.Errorf(assets.Invalid, "f", "geojson 只用于 by=segment", "geojson goes with by=segment alone")
	}
	amounts := map[string]assets.Fen{}
	for _, r := range found.Rows {
		amounts[r.Keys[0]] = r.Amount
	}
	ctx := c.Request().Context()
	conditions, err := s.store.SegmentConditions(ctx, q.Jurisdiction)
	if err != nil {
		return err
	}
	openToAll(c)
	w := newFeatureWriter(c)
	err = s.store.EachSegment(ctx, assets.In(q.Jurisdiction), func(g *assets.Segment) error {
		if q.Key != nil && g.Key != *q.Key || len(q.Segments) > 0 && !slices.ContainsFunc(q.Segments, func(id uuid.UUID) bool { return id == g.ID }) {
			return nil
		}
		return w.add(func(dst []byte) []byte {
			return exchange.AppendInvestedFeature(dst, g, q.Basis, amounts[g.ID.String()], conditions[g.ID])
		})
	})
	if err != nil {
		return err
	}
	return w.end("")
}
