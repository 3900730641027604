package cql2

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/geo"
)

// Type is what a value of a filter is.
type Type int

// Types of properties and other values.
const (
	TypeText Type = iota
	TypeNumber
	TypeBool
	TypeDate
	TypeTimestamp
	TypeID
	TypeGeometry
	typeInterval
)

var typeNames = [...]geo.Fault{{ZH: "文本", EN: "a text"}, {ZH: "数字", EN: "a number"}, {ZH: "是否", EN: "true or false"}, {ZH: "日期", EN: "a date"},
	{ZH: "时刻", EN: "a time"}, {ZH: "UUID", EN: "a UUID"}, {ZH: "几何", EN: "a geometry"}, {ZH: "时间区间", EN: "an interval"}}

// Functions of the standard by kind.
var (
	spatial  = set("s_intersects s_equals s_disjoint s_touches s_within s_overlaps s_crosses s_contains")
	temporal = set("t_after t_before t_contains t_disjoint t_during t_equals t_finishedby t_finishes t_intersects t_meets t_metby t_overlappedby t_overlaps t_startedby t_starts")
	arrays   = set("a_equals a_contains a_containedby a_overlaps")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// Check returns a filter that can be answered for a subject with the properties
// given: every name known, every comparison between values of one type, texts
// turned into the dates, times and ids they are compared with, geometries in
// EPSG:4326, read in a system. Errors are *Fault.
func Check(e Expr, properties map[string]Type, in *geo.System) (checked Expr, err error) {
	defer caught(&err)
	c := checker{properties, in}
	return c.predicate(e), nil
}

type checker struct {
	properties map[string]Type
	in         *geo.System
}

func (c checker) predicates(list []Expr) []Expr {
	out := make([]Expr, len(list))
	for i, e := range list {
		out[i] = c.predicate(e)
	}
	return out
}

// predicate checks what is true, false or unknown.
func (c checker) predicate(e Expr) Expr {
	switch e := e.(type) {
	case And:
		return And{c.predicates(e.List)}
	case Or:
		return Or{c.predicates(e.List)}
	case Not:
		return Not{c.predicate(e.Of)}
	case Compare:
		list := c.alike(e.Op != "=" && e.Op != "<>", e.Left, e.Right)
		return Compare{e.Op, list[0], list[1]}
	case Like:
		value, pattern := c.want(e.Value, TypeText), c.want(e.Pattern, TypeText)
		checkPattern(pattern)
		return Like{value, pattern}
	case Between:
		list := c.alike(true, e.Value, e.Low, e.High)
		return Between{list[0], list[1], list[2]}
	case In:
		if len(e.List) == 0 {
			refuse("IN 的列表为空", "the list of IN is empty")
		}
		list := c.alike(false, append([]Expr{e.Value}, e.List...)...)
		return In{list[0], list[1:]}
	case IsNull:
		return c.isNull(e)
	case Bool:
		return e
	case Property:
		return c.want(e, TypeBool)
	case Call:
		return c.relation(e)
	}
	refuse("过滤条件应为真或假的判断", "a filter must be something that is true or false")
	return nil
}

func (c checker) isNull(e IsNull) Expr {
	p, ok := e.Value.(Property)
	if !ok {
		refuse("IS NULL 只能用于属性", "IS NULL can only be asked of a property")
	}
	value, _ := c.value(p)
	return IsNull{value}
}

// value checks an operand and says what it is.
func (c checker) value(e Expr) (Expr, Type) {
	switch e := e.(type) {
	case Property:
		t, ok := c.properties[e.Name]
		if !ok {
			refuse("没有属性“%s”；有：%s", "there is no property %q; there are: %s", e.Name, strings.Join(c.names(), ", "))
		}
		return e, t
	case Text:
		return e, TypeText
	case Number:
		return e, TypeNumber
	case Bool:
		return e, TypeBool
	case Date:
		return e, TypeDate
	case Timestamp:
		return e, TypeTimestamp
	case Interval:
		return Interval{c.end(e.From), c.end(e.To)}, typeInterval
	case Geometry:
		return Geometry{c.geometry(e.Of)}, TypeGeometry
	case Box:
		return Geometry{c.box(e.Of)}, TypeGeometry
	case Arithmetic:
		refuse("不提供算术运算“%s”", "the arithmetic %q is not offered", e.Op)
	case Array:
		refuse("不提供数组", "arrays are not offered")
	case Call:
		if e.Name != "casei" {
			refuse("不提供函数“%s”", "the function %q is not offered", e.Name)
		}
		if len(e.Args) != 1 {
			refuse("CASEI 需要一个参数", "CASEI needs one argument")
		}
		return Call{e.Name, []Expr{c.want(e.Args[0], TypeText)}}, TypeText
	}
	refuse("此处应为一个值", "expected a value")
	return nil, 0
}

func (c checker) names() (names []string) {
	for name := range c.properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// want checks an operand that must be of a type.
func (c checker) want(e Expr, wanted Type) Expr {
	e, t := c.value(e)
	if t != wanted {
		refuse("应为%[1]s，而不是%[2]s", "expected %[3]s, not %[4]s", typeNames[wanted].ZH, typeNames[t].ZH, typeNames[wanted].EN, typeNames[t].EN)
	}
	return e
}

// alike checks operands that are compared with one another. A text beside a date,
// a time or an id is read as one: CITE and GDAL write them so. All of them are
// looked at before any is read: the database knows no list of several types.
func (c checker) alike(ordered bool, list ...Expr) []Expr {
	out, types, wanted := make([]Expr, len(list)), make([]Type, len(list)), TypeText
	for i, e := range list {
		out[i], types[i] = c.value(e)
		if wanted == TypeText {
			wanted = types[i]
		}
	}
	for i, a := range types {
		if a == TypeText && wanted != TypeText {
			out[i], a = literal(out[i], wanted)
		}
		instants := (a == TypeDate || a == TypeTimestamp) && (wanted == TypeDate || wanted == TypeTimestamp)
		switch {
		case a != wanted && !instants:
			refuse("不能比较%[1]s与%[2]s", "%[3]s cannot be compared with %[4]s", typeNames[a].ZH, typeNames[wanted].ZH, typeNames[a].EN, typeNames[wanted].EN)
		case a == TypeGeometry || a == typeInterval || ordered && (a == TypeBool || a == TypeID):
			refuse("%[1]s不能这样比较", "%[2]s cannot be compared like this", typeNames[a].ZH, typeNames[a].EN)
		}
	}
	return out
}

// literal turns a text into a value of another type, if it is a literal.
func literal(e Expr, t Type) (Expr, Type) {
	text, ok := e.(Text)
	if !ok {
		return e, TypeText
	}
	switch t {
	case TypeDate, TypeTimestamp:
		if len(text) == len(time.DateOnly) {
			return instant("date", string(text), -1), TypeDate
		}
		return instant("timestamp", string(text), -1), TypeTimestamp
	case TypeID:
		id, err := uuid.Parse(string(text))
		if err != nil {
			refuse("“%s”不是 UUID", "%q is no UUID", string(text))
		}
		return ID(id), TypeID
	}
	return e, TypeText
}

// checkPattern refuses a pattern that ends inside an escape.
func checkPattern(e Expr) {
	if fold, ok := e.(Call); ok {
		e = fold.Args[0]
	}
	text, ok := e.(Text)
	if !ok {
		refuse("LIKE 的模式应为文本", "the pattern of LIKE must be a text")
	}
	if tail := len(text) - len(strings.TrimRight(string(text), `\`)); tail%2 == 1 {
		refuse("LIKE 的模式以单个反斜杠结尾", "the pattern of LIKE ends in a single backslash")
	}
}

// relation checks a spatial or temporal predicate.
func (c checker) relation(e Call) Expr {
	known := spatial[e.Name] || temporal[e.Name]
	if !known {
		refuse("不提供函数“%s”", "the function %q is not offered", e.Name)
	}
	if len(e.Args) != 2 {
		refuse("%s 需要两个参数", "%s needs two arguments", strings.ToUpper(e.Name))
	}
	out := Call{Name: e.Name}
	for _, arg := range e.Args {
		if spatial[e.Name] {
			out.Args = append(out.Args, c.want(arg, TypeGeometry))
			continue
		}
		arg, t := c.value(arg)
		if t == TypeText {
			arg, t = literal(arg, TypeTimestamp)
		}
		if t != TypeDate && t != TypeTimestamp && t != typeInterval {
			refuse("%[1]s 的参数应为时间，而不是%[2]s", "%[1]s needs times, not %[3]s", strings.ToUpper(e.Name), typeNames[t].ZH, typeNames[t].EN)
		}
		out.Args = append(out.Args, arg)
	}
	return out
}

// end checks an end of an interval.
func (c checker) end(e Expr) Expr {
	if e == nil {
		return nil
	}
	e, t := c.value(e)
	if t != TypeDate && t != TypeTimestamp {
		refuse("区间的端点应为时间，而不是%[1]s", "the end of an interval must be a time, not %[2]s", typeNames[t].ZH, typeNames[t].EN)
	}
	return e
}

// geometry turns a literal into EPSG:4326 and refuses what is no geometry. Rings
// may run either way.
func (c checker) geometry(g orb.Geometry) orb.Geometry {
	list, ok := g.(orb.Collection)
	if !ok {
		list = orb.Collection{g}
	}
	out := make(orb.Collection, len(list))
	for i, member := range list {
		moved, err := c.in.Geometry(member)
		if err == nil {
			err = geo.Validate(moved)
		}
		if err != nil {
			refuseFault(err)
		}
		out[i] = moved
	}
	if !ok {
		return out[0]
	}
	return out
}

func (c checker) box(n [4]float64) orb.Geometry {
	g, err := c.in.Box(n)
	if err != nil {
		refuseFault(err)
	}
	if areas, ok := g.(orb.MultiPolygon); ok && len(areas) == 1 {
		return areas[0] // the database is quicker with a rectangle
	}
	return g
}

// refuseFault gives up with the fault of a place.
func refuseFault(err error) {
	var f *geo.Fault
	if errors.As(err, &f) {
		refuse("%[1]s：%[2]s", "%[1]s: %[3]s", f.Path, f.ZH, f.EN)
	}
	panic(err)
}
