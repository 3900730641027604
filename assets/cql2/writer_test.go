package cql2

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// AppendText writes a filter as CQL2 text that ParseText reads as the same
// filter, with no more parentheses than that needs. Coordinates are written as
// they stand. A *Fault says what the grammar of the text (OGC 21-065r2, annex B)
// or its parser has no form for: a text that ends in a backslash, which would
// take the closing quote for itself, an array of one member, which is a group, a
// function whose name is no word, and years of other than four digits.
func AppendText(dst []byte, e Expr) (text []byte, err error) {
	defer caught(&err)
	w := writer{dst}
	w.expr(e, anything)
	return w.dst, nil
}

// How tightly an expression binds. One that binds less than its place demands
// is put in parentheses.
const (
	anything = iota
	either
	both
	negation
	predicates
	sums
	products
	powers
	primaries
)

func binding(e Expr) int {
	switch e := e.(type) {
	case Or:
		return either
	case And:
		return both
	case Not:
		return negation
	case Compare, Like, Between, In, IsNull:
		return predicates
	case Arithmetic:
		switch e.Op {
		case "+", "-":
			return sums
		case "^":
			return powers
		}
		return products
	}
	return primaries
}

type writer struct{ dst []byte }

func (w *writer) put(s string) { w.dst = append(w.dst, s...) }

func (w *writer) expr(e Expr, demanded int) {
	if binding(e) < demanded {
		w.put("(")
		defer w.put(")")
	}
	switch e := e.(type) {
	case And:
		w.list(e.List, " AND ", negation)
	case Or:
		w.list(e.List, " OR ", both)
	case Not:
		w.put("NOT ")
		w.expr(e.Of, negation)
	case Compare:
		w.expr(e.Left, sums)
		w.put(" " + e.Op + " ")
		w.expr(e.Right, sums)
	case Like:
		w.expr(e.Value, sums)
		w.put(" LIKE ")
		w.expr(e.Pattern, sums)
	case Between:
		w.expr(e.Value, sums)
		w.put(" BETWEEN ")
		w.expr(e.Low, sums)
		w.put(" AND ")
		w.expr(e.High, sums)
	case In:
		w.expr(e.Value, sums)
		w.put(" IN (")
		w.list(e.List, ", ", either)
		w.put(")")
	case IsNull:
		w.expr(e.Value, sums)
		w.put(" IS NULL")
	case Arithmetic:
		w.arithmetic(e)
	case Call:
		w.call(e)
	default:
		w.value(e)
	}
}

func (w *writer) list(list []Expr, between string, demanded int) {
	for i, e := range list {
		if i > 0 {
			w.put(between)
		}
		w.expr(e, demanded)
	}
}

// arithmetic is read from left to right, and a power has two members only.
func (w *writer) arithmetic(e Arithmetic) {
	left := binding(e)
	right := left + 1
	if e.Op == "^" {
		left = primaries
	}
	w.expr(e.Left, left)
	w.put(" " + e.Op + " ")
	w.expr(e.Right, right)
}

func (w *writer) call(e Call) {
	name := e.Name
	switch {
	case standard(name):
		name = strings.ToUpper(name)
	case !plain(name) || reserved(name) || opensLiteral[strings.ToLower(name)]:
		refuse("“%s”不能作为函数名写出", "%q cannot be written as the name of a function", name)
	}
	w.put(name + "(")
	w.list(e.Args, ", ", either)
	w.put(")")
}

// opensLiteral are the words that begin a literal where a parenthesis follows.
var opensLiteral = set("date timestamp interval bbox envelope")

// plain reports whether a name needs no quotes: ASCII only, so that what a
// reader takes for a letter does not matter.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// reserved reports whether a word means something else where a property or the
// name of a function could stand.
func reserved(word string) bool {
	switch word = strings.ToLower(word); word {
	case "and", "or", "not", "like", "between", "in", "is", "null", "div", "true", "false":
		return true
	}
	return wktKinds[word]
}

func (w *writer) value(e Expr) {
	switch e := e.(type) {
	case Property:
		if plain(e.Name) && !reserved(e.Name) {
			w.put(e.Name)
			return
		}
		w.put(`"` + strings.ReplaceAll(e.Name, `"`, `""`) + `"`)
	case Text:
		w.text(string(e))
	case ID:
		w.text(uuid.UUID(e).String())
	case Number:
		w.number(float64(e))
	case Bool:
		w.put(strings.ToUpper(strconv.FormatBool(bool(e))))
	case Date:
		w.put("DATE(")
		w.time(e.Time, time.DateOnly)
		w.put(")")
	case Timestamp:
		w.put("TIMESTAMP(")
		w.time(e.Time, time.RFC3339Nano)
		w.put(")")
	case Interval:
		w.put("INTERVAL(")
		w.end(e.From)
		w.put(", ")
		w.end(e.To)
		w.put(")")
	case Geometry:
		w.geometry(e.Of)
	case Box:
		w.put("BBOX(")
		for i, v := range e.Of {
			w.between(i)
			w.number(v)
		}
		w.put(")")
	case Array:
		if len(e.List) == 1 {
			refuse("只有一个成员的数组没有文本形式", "an array of one member has no form in text")
		}
		w.put("(")
		w.list(e.List, ", ", either)
		w.put(")")
	}
}

// text writes a quote as two, or, after a backslash, with another backslash: a
// backslash before a quote is never itself.
func (w *writer) text(s string) {
	if strings.HasSuffix(s, `\`) {
		refuse("以反斜杠结尾的文本没有文本形式", "a text that ends in a backslash has no form in text")
	}
	w.put("'")
	for i := range len(s) {
		if s[i] == '\'' {
			if i > 0 && s[i-1] == '\\' {
				w.put(`\`)
			} else {
				w.put(`'`)
			}
		}
		w.dst = append(w.dst, s[i])
	}
	w.put("'")
}

func (w *writer) number(v float64) { w.dst = strconv.AppendFloat(w.dst, v, 'g', -1, 64) }

// time writes an instant, which is in UTC.
func (w *writer) time(at time.Time, layout string) {
	if y := at.Year(); y < 0 || y > 9999 {
		refuse("年份应为四位数", "a year must have four digits")
	}
	w.put("'" + at.Format(layout) + "'")
}

func (w *writer) end(e Expr) {
	switch e := e.(type) {
	case nil:
		w.put("'..'")
	case Date:
		w.time(e.Time, time.DateOnly)
	case Timestamp:
		w.time(e.Time, time.RFC3339Nano)
	default:
		w.expr(e, either)
	}
}

func (w *writer) between(i int) {
	if i > 0 {
		w.put(", ")
	}
}

// geometry writes well-known text (OGC 06-103r4, 7).
func (w *writer) geometry(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		w.put("POINT")
		w.positions([]orb.Point{g})
	case orb.MultiPoint:
		w.put("MULTIPOINT")
		parts(w, g, func(p orb.Point) { w.positions([]orb.Point{p}) })
	case orb.LineString:
		w.put("LINESTRING")
		w.positions(g)
	case orb.MultiLineString:
		w.put("MULTILINESTRING")
		parts(w, g, func(l orb.LineString) { w.positions(l) })
	case orb.Polygon:
		w.put("POLYGON")
		w.polygon(g)
	case orb.MultiPolygon:
		w.put("MULTIPOLYGON")
		parts(w, g, w.polygon)
	case orb.Collection:
		w.put("GEOMETRYCOLLECTION")
		parts(w, g, w.geometry)
	}
}

func (w *writer) polygon(p orb.Polygon) { parts(w, p, func(r orb.Ring) { w.positions(r) }) }

func (w *writer) positions(points []orb.Point) {
	parts(w, points, func(p orb.Point) {
		w.number(p[0])
		w.put(" ")
		w.number(p[1])
	})
}

// parts writes a list in parentheses.
func parts[T any](w *writer, list []T, item func(T)) {
	w.put("(")
	for i, v := range list {
		w.between(i)
		item(v)
	}
	w.put(")")
}
