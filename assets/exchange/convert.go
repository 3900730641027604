package exchange

import (
	"strings"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Conversion says how the rows of a file become assets.
type Conversion struct {
	Class        assets.Class
	CRS          geo.CRS
	Boundary     orb.Geometry      // of the jurisdiction, EPSG:4326; nil if it has none
	AllowOutside bool              // take positions outside the boundary
	Source       string            // what the rows are from; with the source id it names an asset
	Map          map[string]string // column → member or attribute, beside what is guessed
}

// Converter turns rows into assets, remembering which source ids it has seen. It
// is not for concurrent use.
type Converter struct {
	Conversion
	mapping  *mapping
	layout   *layout // of the row at hand
	boundary *geo.Districts
	seen     map[[16]byte]int32 // hash of a source id → row
	repeated int64              // rows whose id another row had before
	missing  []int64            // rows without a required attribute, by field
}

// NewConverter checks the conversion.
func NewConverter(c Conversion) (*Converter, error) {
	m, err := newMapping(c.Class, c.Map, projected(c.CRS))
	if err != nil {
		return nil, err
	}
	v := &Converter{Conversion: c, mapping: m, seen: map[[16]byte]int32{}, missing: make([]int64, len(c.Class.Fields))}
	if c.Boundary != nil {
		v.boundary = geo.NewDistricts([]orb.Geometry{c.Boundary})
	}
	return v, nil
}

// Convert makes an asset of a row, or says everything that is wrong with it.
//
// What the row does not say is in service and in good condition. Attributes that
// the class requires may be missing: they are counted, not refused, because
// files from elsewhere rarely have all of them, and an incomplete record is
// worth more than none.
func (c *Converter) Convert(row *Row) (assets.Asset, assets.Errors) {
	a := assets.Asset{Class: c.Class.Code, Status: assets.StatusInService, Condition: assets.ConditionGood,
		Source: c.Source, SourceCRS: c.CRS.String()}
	if row.Fault != nil {
		return a, assets.Errors{row.Fault}
	}
	c.layout = c.mapping.resolve(row.Columns, row.Geometry != nil)
	if faults := c.readable(row); faults != nil {
		return a, faults
	}
	faults := c.members(row, &a)
	faults = append(faults, c.place(row, &a)...)
	faults = append(faults, c.attributes(row, &a)...)
	if len(faults) > 0 {
		return a, faults
	}
	if fault := c.identify(row, &a); fault != nil {
		return a, assets.Errors{fault}
	}
	return a, nil
}

// readable refuses cells that are needed and cannot be read.
func (c *Converter) readable(row *Row) (faults assets.Errors) {
	for _, i := range c.layout.used {
		if unreadable(row.Values[i]) {
			faults = append(faults, assets.Errorf(assets.Invalid, row.Columns[i], "含有控制字符或无效的 UTF-8：“%s”", "holds control characters or wrong UTF-8: %q", shortened(row.Values[i])))
		}
	}
	return faults
}

// value is the cell of a column of the layout, and the column's name.
func (c *Converter) value(row *Row, i int) (text, column string) {
	if i < 0 {
		return "", ""
	}
	return strings.TrimSpace(row.Values[i]), row.Columns[i]
}
