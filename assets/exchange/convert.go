package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
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

// Converter turns rows into assets, remembering which source ids it has seen.
type Converter struct {
	Conversion
	mapping  *mapping
	boundary *geo.Districts
	seen     map[[16]byte]int32 // hash of a source id → row
	missing  map[string]int64   // rows without a required attribute, by key
	targets  []string           // of the row's columns
}

// NewConverter checks the conversion.
func NewConverter(c Conversion) (*Converter, error) {
	m, err := newMapping(c.Class, c.Map, c.CRS != geo.WGS84 && c.CRS != geo.CGCS2000 && c.CRS != geo.GCJ02 && c.CRS != geo.BD09)
	if err != nil {
		return nil, err
	}
	v := &Converter{Conversion: c, mapping: m, seen: map[[16]byte]int32{}, missing: map[string]int64{}}
	if c.Boundary != nil {
		v.boundary = geo.NewDistricts([]orb.Geometry{c.Boundary})
	}
	return v, nil
}

// Convert makes an asset of a row, or says everything that is wrong with it.
func (c *Converter) Convert(row *Row) (assets.Asset, assets.Errors) {
	a := assets.Asset{Class: c.Class.Code, Status: assets.StatusInService, Condition: assets.ConditionGood,
		Source: c.Source, SourceCRS: c.CRS.String()}
	if row.Fault != nil {
		return a, assets.Errors{row.Fault}
	}
	c.targets = c.mapping.resolve(row.Columns, row.Geometry != nil)
	faults := c.members(row, &a)
	if fault := c.place(row, &a); fault != nil {
		faults = append(faults, fault)
	}
	var attributeFaults assets.Errors
	if a.Attributes, attributeFaults = c.attributes(row); attributeFaults != nil {
		faults = append(faults, attributeFaults...)
	}
	if len(faults) > 0 {
		return a, faults
	}
	if fault := c.identify(row, &a); fault != nil {
		return a, assets.Errors{fault}
	}
	return a, nil
}

// value is the cell of a target, and the column it stands in.
func (c *Converter) value(row *Row, target string) (text, column string) {
	for i, t := range c.targets {
		if t == target {
			return strings.TrimSpace(row.Values[i]), row.Columns[i]
		}
	}
	return "", ""
}

// words are the values that tables write for our own.
var words = map[string]string{
	"完好": assets.ConditionGood, "good": assets.ConditionGood, "一般": assets.ConditionFair, "fair": assets.ConditionFair,
	"较差": assets.ConditionPoor, "破损": assets.ConditionPoor, "poor": assets.ConditionPoor,
	"危险": assets.ConditionDangerous, "dangerous": assets.ConditionDangerous,
}

var statusWords = map[string]string{
	"在用": assets.StatusInService, "in_service": assets.StatusInService, "in service": assets.StatusInService,
	"计划": assets.StatusPlanned, "规划": assets.StatusPlanned, "planned": assets.StatusPlanned,
	"拆除": assets.StatusRemoved, "已拆除": assets.StatusRemoved, "作废": assets.StatusRemoved, "removed": assets.StatusRemoved,
}

// members fills what every asset has.
func (c *Converter) members(row *Row, a *assets.Asset) (faults assets.Errors) {
	refuse := func(column, zh, en string, args ...any) {
		faults = append(faults, assets.Errorf(assets.Invalid, column, zh, en, args...))
	}
	a.Name, _ = c.value(row, toName)
	a.Code, _ = c.value(row, toCode)
	if v, column := c.value(row, toCondition); v != "" {
		if w, ok := words[strings.ToLower(v)]; ok {
			a.Condition = w
		} else {
			refuse(column, "“%s”不是状况：应为 完好、一般、较差 或 危险（--map 列=- 略去此列）", "%q is no condition: it must be good, fair, poor or dangerous (--map COLUMN=- leaves the column out)", v)
		}
	}
	if v, column := c.value(row, toStatus); v != "" {
		if w, ok := statusWords[strings.ToLower(v)]; ok {
			a.Status = w
		} else {
			refuse(column, "“%s”不是状态：应为 计划、在用 或 拆除（--map 列=- 略去此列）", "%q is no status: it must be planned, in_service or removed (--map COLUMN=- leaves the column out)", v)
		}
	}
	if v, column := c.value(row, toInstalled); v != "" {
		d, ok := parseDate(v)
		if !ok {
			refuse(column, "“%s”不是日期：应为 2024-05-01", "%q is no date: it must be like 2024-05-01", v)
		}
		a.InstalledOn = d
	}
	if best := c.CRS.BestAccuracy(); best > 0 {
		a.AccuracyM = &best
	}
	if v, column := c.value(row, toAccuracy); v != "" {
		m, ok := accuracy(v)
		if !ok {
			refuse(column, "“%s”不是精度：应为米数或 A、B、C", "%q is no accuracy: it must be metres or A, B, C", v)
		} else if a.AccuracyM == nil || m > *a.AccuracyM {
			a.AccuracyM = &m
		}
	}
	return faults
}

// accuracy reads metres, or one of the accuracy classes: A ±0.5, B ±1, C ±10 m.
func accuracy(v string) (float64, bool) {
	switch strings.ToUpper(v) {
	case "A":
		return 0.5, true
	case "B":
		return 1, true
	case "C":
		return 10, true
	}
	m, err := strconv.ParseFloat(v, 64)
	return m, err == nil && m >= 0 && m <= 100000
}

// place gives the asset its geometry in EPSG:4326.
func (c *Converter) place(row *Row, a *assets.Asset) *assets.Error {
	g, field := row.Geometry, "geometry"
	if g == nil {
		p, column, fault := c.position(row)
		if fault != nil {
			return fault
		}
		g, field = p, column
	}
	if p, ok := g.(orb.Point); ok && p == (orb.Point{}) {
		return assets.Errorf(assets.Invalid, field, "位置为 0,0，即没有位置", "the position is 0,0, which is no position")
	}
	if mp, ok := g.(orb.MultiPoint); ok && len(mp) == 1 {
		g = mp[0]
	}
	if kind := kindOf(g); kind != c.Class.Geometry {
		return assets.Errorf(assets.Invalid, field, "类别“%s”应为 %s，这里是 %s", "class %s must be a %s, this is a %s", c.Class.Name, c.Class.Geometry, g.GeoJSONType())
	}
	moved, err := c.CRS.Geometry(g)
	if fault, ok := err.(*geo.Fault); ok {
		return &assets.Error{Code: assets.Invalid, Field: field, Text: assets.Text{ZH: fault.ZH, EN: fault.EN}}
	}
	if outside, ok := c.outside(moved); ok {
		return assets.Errorf(assets.Invalid, field, "%.6f,%.6f 在辖区边界之外", "%.6f,%.6f lies outside the jurisdiction", outside[0], outside[1])
	}
	a.Geometry = moved
	return nil
}

func kindOf(g orb.Geometry) string {
	switch g.(type) {
	case orb.Point:
		return "point"
	case orb.LineString, orb.MultiLineString:
		return "line"
	case orb.Polygon, orb.MultiPolygon:
		return "polygon"
	}
	return ""
}

// outside finds a vertex outside the jurisdiction.
func (c *Converter) outside(g orb.Geometry) (orb.Point, bool) {
	if c.boundary == nil || c.AllowOutside {
		return orb.Point{}, false
	}
	for _, p := range vertices(g) {
		if _, ok := c.boundary.Containing(p); !ok {
			return p, true
		}
	}
	return orb.Point{}, false
}

func vertices(g orb.Geometry) (list []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.LineString:
		return g
	case orb.MultiLineString:
		for _, l := range g {
			list = append(list, l...)
		}
	case orb.Polygon:
		return g[0]
	case orb.MultiPolygon:
		for _, p := range g {
			list = append(list, p[0]...)
		}
	}
	return list
}

// position reads a point from a table: from two columns, or from one cell.
func (c *Converter) position(row *Row) (orb.Point, string, *assets.Error) {
	x, xColumn := c.value(row, toLon)
	y, yColumn := c.value(row, toLat)
	if xColumn == "" || yColumn == "" {
		cell, column := c.value(row, toPosition)
		if column == "" {
			return orb.Point{}, "", assets.Errorf(assets.Invalid, "geometry", "没有位置列；请用 --map 列=lon 与 --map 列=lat 指明", "there is no column of positions: say --map COLUMN=lon and --map COLUMN=lat")
		}
		p, ok := parsePosition(cell)
		if !ok {
			return p, column, assets.Errorf(assets.Invalid, column, "“%s”不是位置", "%q is no position", shortened(cell))
		}
		return p, column, nil
	}
	var p orb.Point
	for i, part := range [2][2]string{{x, xColumn}, {y, yColumn}} {
		v, err := strconv.ParseFloat(part[0], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			if part[0] == "" {
				return p, part[1], assets.Errorf(assets.Invalid, part[1], "没有坐标", "there is no coordinate")
			}
			return p, part[1], assets.Errorf(assets.Invalid, part[1], "“%s”不是有限的数", "%q is no finite number", shortened(part[0]))
		}
		p[i] = v
	}
	return p, xColumn, nil
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// parsePosition reads "POINT (lon lat)" and, as people write it, "lat, lon" with
// or without brackets.
func parsePosition(cell string) (orb.Point, bool) {
	s := strings.ToUpper(strings.TrimSpace(cell))
	inner, wkt := strings.CutPrefix(s, "POINT")
	parts := strings.FieldsFunc(strings.Trim(strings.TrimSpace(inner), "()[]"), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '，' })
	if len(parts) != 2 {
		return orb.Point{}, false
	}
	var p orb.Point
	for i, part := range parts {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return p, false
		}
		p[i] = v
	}
	if !wkt {
		p[0], p[1] = p[1], p[0]
	}
	return p, true
}

// identify gives the asset the id that names it in its source: what a person
// mapped, the format's own id, a column that looks like one, otherwise the
// row's content, so that the same file twice adds nothing. A mapped id that
// comes twice is refused; a guessed one is made unique by the content.
func (c *Converter) identify(row *Row, a *assets.Asset) *assets.Error {
	id, column := c.value(row, toSourceID)
	mapped := column != "" && c.mapping.explicit[normal(column)] == toSourceID
	if !mapped && row.ID != "" {
		id = row.ID
	}
	if id != "" && len(id) <= 120 {
		before, again := c.remember(id, row.Number)
		if !again {
			a.SourceID = id
			return nil
		}
		if mapped {
			return assets.Errorf(assets.Conflict, column, "与第 %[2]d 行的编号“%[1]s”重复", "the source id %q is that of row %d too", id, before)
		}
		id += "/"
	} else {
		id = ""
	}
	id += contentHash(row)
	// Rows that say the same are different things in the same place, or a slip: the
	// registry keeps them, in order.
	for n, candidate := 2, id; ; n++ {
		if _, again := c.remember(candidate, row.Number); !again {
			a.SourceID = candidate
			return nil
		}
		candidate = id + "/" + strconv.Itoa(n)
	}
}

// remember notes a source id, and tells the row that had it before.
func (c *Converter) remember(id string, row int) (int32, bool) {
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	if before, ok := c.seen[key]; ok {
		return before, true
	}
	c.seen[key] = int32(row)
	return 0, false
}

// contentHash names a row by what it says.
func contentHash(row *Row) string {
	h := sha256.New()
	var n [4]byte
	for i, v := range row.Values {
		for _, s := range [2]string{row.Columns[i], v} {
			binary.BigEndian.PutUint32(n[:], uint32(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
	}
	h.Write(geo.AppendGeometry(nil, row.Geometry))
	return hex.EncodeToString(h.Sum(nil)[:12])
}
