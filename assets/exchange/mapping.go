package exchange

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"streetbook/assets"
)

// Targets of a mapping besides the attributes of the class.
const (
	toLon       = "lon"
	toLat       = "lat"
	toPosition  = "position" // one cell that holds both
	toSourceID  = "source_id"
	toCode      = "code"
	toName      = "name"
	toStatus    = "status"
	toCondition = "condition"
	toInstalled = "installed_on"
	toAccuracy  = "accuracy_m"
	toNothing   = "-" // leave the column out
)

// guesses are the column names that each target is recognised by, best first,
// in lower case without spaces, hyphens and underscores.
var guesses = map[string][]string{
	toLon:       {"lon", "lng", "longitude", "long", "经度", "wgs84经度", "centerlon", "pointx", "coordx", "x", "x坐标", "横坐标"},
	toLat:       {"lat", "latitude", "纬度", "wgs84纬度", "centerlat", "pointy", "coordy", "y", "y坐标", "纵坐标"},
	toPosition:  {"location", "thegeom", "geom", "wkt", "geometry", "position", "latlon", "latlng", "坐标", "位置坐标"},
	toSourceID:  {"sourceid", "objectid", "globalid", "fid", "gid", "id", "assetid", "facilityid", "rackid", "编号", "设施编号", "序号", "唯一标识"},
	toCode:      {"标识码", "部件标识码", "objcode", "compcode"},
	toName:      {"name", "名称", "部件名称", "设施名称", "objname", "compname", "title"},
	toStatus:    {"status", "现势性", "objuptodat", "状态", "objstate", "compstatus"},
	toCondition: {"condition", "状况", "完好状况"},
	toInstalled: {"installedon", "installdate", "installed", "安装日期", "设置日期", "初始日期", "ordate"},
	toAccuracy:  {"accuracym", "accuracy", "定位精度", "精度"},
}

// projectedGuesses replace those of lon and lat when the file is in a projected
// system.
var projectedGuesses = map[string][]string{
	toLon: {"easting", "eastings", "东坐标", "x", "x坐标", "pointx", "coordx", "横坐标"},
	toLat: {"northing", "northings", "北坐标", "y", "y坐标", "pointy", "coordy", "纵坐标"},
}

var shapeColumns = []string{"geometry", "wkt", "thegeom", "geom"}

// normal is a name as it is compared: case, spaces and marks do not count.
func normal(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_　()（）.", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(s))
}

// layout says in which column of a row each thing stands, -1 where in none.
type layout struct {
	columns []string // that it is for
	placed  bool     // the format itself holds the position

	lon, lat, position                                           int
	sourceID, code, name, status, condition, installed, accuracy int

	fields []int // of each field of the class
	used   []int // every column above
}

// mapping says which target each column goes to.
type mapping struct {
	class     assets.Class
	explicit  map[string]string // normal column → target
	asked     map[string]string // normal column → as a person wrote it, until it is met
	projected bool
	layouts   map[string]*layout
	last      *layout
	unmapped  map[string]bool
}

// newMapping checks what a person said, as source=target pairs. Targets are the
// members above, and the attributes of the class by key or by name.
func newMapping(class assets.Class, pairs map[string]string, projected bool) (*mapping, error) {
	m := &mapping{class: class, explicit: map[string]string{}, asked: map[string]string{}, projected: projected,
		layouts: map[string]*layout{}, unmapped: map[string]bool{}}
	for source, target := range pairs {
		t, ok := m.target(target)
		if !ok {
			return nil, assets.Errorf(assets.Invalid, "map", "类别“%s”没有属性“%s”；可用：%s", "class %s has no attribute %q; there are: %s", class.Name, target, strings.Join(m.targets(), ", "))
		}
		m.explicit[normal(source)] = t
		m.asked[normal(source)] = source
	}
	return m, nil
}

// target finds what a person means by a name.
func (m *mapping) target(name string) (string, bool) {
	if name == toNothing {
		return name, true
	}
	if _, ok := guesses[name]; ok {
		return name, true
	}
	for _, f := range m.class.Fields {
		if n := normal(name); n != "" && (f.Key == name || normal(f.Name) == n || normal(f.NameEN) == n) {
			return attribute(f.Key), true
		}
	}
	return "", false
}

// attribute is the target of an attribute, apart from the members' names.
func attribute(key string) string { return "attributes." + key }

func (m *mapping) targets() []string {
	var list []string
	for name := range guesses {
		list = append(list, name)
	}
	sort.Strings(list)
	for _, f := range m.class.Fields {
		list = append(list, f.Key)
	}
	return append(list, toNothing)
}

// maxLayouts is how many different sets of columns are remembered. A file that
// has more has a set of its own for every feature.
const maxLayouts = 1000

// resolve gives the layout of a row's columns. Of several columns that fit one
// target, what a person said comes first, then the better guess, then the
// earlier column. A column such as Location holds the position only where
// nothing else does: placed says that the format itself does.
func (m *mapping) resolve(columns []string, placed bool) *layout {
	if l := m.last; l != nil && l.placed == placed && slices.Equal(l.columns, columns) {
		return l
	}
	key := strconv.FormatBool(placed) + strings.Join(columns, "\x00")
	l, ok := m.layouts[key]
	if !ok {
		l = m.layout(slices.Clone(columns), placed)
		if len(m.layouts) < maxLayouts {
			m.layouts[key] = l
		}
	}
	m.last = l
	return l
}

func (m *mapping) layout(columns []string, placed bool) *layout {
	targets := m.assign(columns, placed)
	if !placed && !slices.Contains(targets, toPosition) {
		if slices.Contains(targets, toLon) && slices.Contains(targets, toLat) {
			m.assignShape(columns, targets)
		} else {
			m.assignPosition(columns, targets)
		}
	}
	l := &layout{columns: columns, placed: placed, fields: make([]int, len(m.class.Fields))}
	slots := map[string]*int{toLon: &l.lon, toLat: &l.lat, toPosition: &l.position, toSourceID: &l.sourceID, toCode: &l.code, toName: &l.name,
		toStatus: &l.status, toCondition: &l.condition, toInstalled: &l.installed, toAccuracy: &l.accuracy}
	for i := range m.class.Fields {
		slots[attribute(m.class.Fields[i].Key)] = &l.fields[i]
	}
	for _, slot := range slots {
		*slot = -1
	}
	for i, target := range targets {
		delete(m.asked, normal(columns[i]))
		if slot, ok := slots[target]; ok {
			*slot = i
			l.used = append(l.used, i)
		} else if target == "" && len(m.unmapped) < maxLayouts {
			m.unmapped[columns[i]] = true
		}
	}
	return l
}

// assignPosition gives the position to the column that looks most like one.
func (m *mapping) assignPosition(columns, targets []string) {
	for _, name := range guesses[toPosition] {
		for i, column := range columns {
			if _, said := m.explicit[normal(column)]; normal(column) == name && !said {
				targets[i] = toPosition
				return
			}
		}
	}
}

// assignShape finds the column of shapes beside the two of points, as our own
// tables have it: it counts in rows where those two are empty.
func (m *mapping) assignShape(columns, targets []string) {
	for i, column := range columns {
		if targets[i] == "" && slices.Contains(shapeColumns, normal(column)) {
			targets[i] = toPosition
			return
		}
	}
}

func (m *mapping) assign(columns []string, placed bool) []string {
	out := make([]string, len(columns))
	rank := map[string]int{}
	at := map[string]int{}
	for i, column := range columns {
		target, r := m.guess(normal(column))
		if target == "" || placed && (target == toLon || target == toLat) {
			continue
		}
		if target == toNothing {
			out[i] = target
			continue
		}
		if before, taken := rank[target]; taken {
			if before <= r {
				continue
			}
			out[at[target]] = ""
		}
		out[i], rank[target], at[target] = target, r, i
	}
	return out
}

func (m *mapping) guess(column string) (target string, rank int) {
	if column == "" { // nothing but marks
		return "", 0
	}
	if t, ok := m.explicit[column]; ok {
		return t, -1
	}
	for _, f := range m.class.Fields {
		switch column {
		case normal(attribute(f.Key)): // as our own tables have it where a member has the name
			return attribute(f.Key), 0
		case normal(f.Key), normal(f.Name), normal(f.NameEN):
			return attribute(f.Key), 1
		}
	}
	for _, t := range []string{toLon, toLat, toSourceID, toCode, toName, toStatus, toCondition, toInstalled, toAccuracy} {
		names := guesses[t]
		if special, ok := projectedGuesses[t]; ok && m.projected {
			names = special
		}
		for i, name := range names {
			if column == name {
				return t, i
			}
		}
	}
	return "", 0
}
