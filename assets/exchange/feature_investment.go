package exchange

import "streetbook/assets"

// AppendInvestedFeature appends a segment with the figures of a map. Amounts are
// numbers of yuan here, written digit by digit from the fen: a GIS classifies by
// numbers, not by texts. invested is what was paid; under the other basis the
// figures are called committed.
func AppendInvestedFeature(dst []byte, s *assets.Segment, basis string, amount assets.Fen, c assets.SegmentCondition) []byte {
	o := openFeature(dst, s.ID, s.Geometry, nil)
	o.text("jurisdiction", s.Jurisdiction)
	o.text("code", s.Code)
	o.text("name", s.Name)
	o.flag("key", s.Key)
	o.number("length_m", &s.LengthM)
	name := "invested"
	if basis == assets.BasisCommitted {
		name = "committed"
	}
	o.yuan(name, amount)
	if each, ok := amount.Per(s.LengthM); ok {
		o.yuan(name+"_per_m", each)
	} else {
		o.null(name + "_per_m")
	}
	o.integer("asset_count", c.Assets)
	o.number("condition_mean", c.Mean)
	return o.close()
}

// yuan writes an amount as a number with two decimals.
func (o *object) yuan(name string, f assets.Fen) {
	o.name(name)
	o.buf = append(o.buf, f.String()...)
}
