package cql2

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// TestExamplesSurviveBeingWritten: every example of the standard, from either
// language, is the same filter after it was written as text and read again.
func TestExamplesSurviveBeingWritten(t *testing.T) {
	parsers := map[string]func([]byte) (Expr, error){
		"text": func(b []byte) (Expr, error) { return ParseText(string(b)) },
		"json": ParseJSON,
	}
	for language, parse := range parsers {
		for name, body := range read(t, language) {
			e, err := parse(body)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			text, err := AppendText(nil, e)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if again, err := ParseText(string(text)); err != nil || !reflect.DeepEqual(e, again) {
				t.Errorf("%s: %s\n%v\n%#v\n%#v", name, text, err, e, again)
			}
		}
	}
}

// TestEveryFilterSurvivesBeingWritten holds for any filter a parser can make.
func TestEveryFilterSurvivesBeingWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			e := anyFilter(t, 3)
			text, err := AppendText([]byte("before"), e)
			if err != nil {
				t.Fatalf("%v: %#v", err, e)
			}
			rest, ok := strings.CutPrefix(string(text), "before")
			if again, err := ParseText(rest); !ok || err != nil || !reflect.DeepEqual(e, again) {
				t.Fatalf("%s\n%v\n%#v\n%#v", text, err, e, again)
			}
		}
	})
}

func TestWhatHasNoText(t *testing.T) {
	name := Property{"name"}
	for want, e := range map[string]Expr{
		"backslash":   Compare{"=", name, Text(`C:\`)},
		"one member":  Call{"a_contains", []Expr{name, Array{[]Expr{Text("a")}}}},
		"function":    Call{"two words", []Expr{name}},
		`"INTERVAL"`:  Call{"INTERVAL", []Expr{name}},
		"four digits": Compare{"<", name, Timestamp{time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}},
	} {
		var fault *Fault
		text, err := AppendText(nil, Or{[]Expr{e, e}})
		if !errors.As(err, &fault) || !strings.Contains(fault.EN, want) || fault.ZH == "" || text != nil {
			t.Errorf("%#v: %q, %v", e, text, err)
		}
	}
}

// TestWrittenText shows what names, quotes and parentheses look like.
func TestWrittenText(t *testing.T) {
	for written, want := range map[string]string{
		`not(a=1 and (b<2 or c>=3)) and not d like '%''\\'_'`: `NOT (a = 1 AND (b < 2 OR c >= 3)) AND NOT d LIKE '%''\\'_'`,
		`("and" is not null) and "名" in (1,-2.5e300)`:         `NOT "and" IS NULL AND "名" IN (1, -2.5e+300)`,
		`(1+2)*x-(y-3)^2 between -x and (2^3)^z`:              `(1 + 2) * x - (y - 3) ^ 2 BETWEEN -1 * x AND (2 ^ 3) ^ z`,
		`a - (b - c) + d / (e * f) = 1`:                       `a - (b - c) + d / (e * f) = 1`,
		`casei("p") = Casei('É') or avg(v)=1`:                 `CASEI(p) = CASEI('É') OR avg(v) = 1`,
		`s_within(geometry,point z(1 -2 3)) or true`:          `S_WITHIN(geometry, POINT(1 -2)) OR TRUE`,
		`s_within("point",bbox(170,-1,0,-170,1,0))`:           `S_WITHIN("point", BBOX(170, -1, -170, 1))`,
		`s_equals(g,multipoint(1 2,3 4))`:                     `S_EQUALS(g, MULTIPOINT((1 2), (3 4)))`,
		`t_during(t,interval('','2024-05-01'))`:               `T_DURING(t, INTERVAL('..', '2024-05-01'))`,
		`t_after(t,timestamp('2024-05-01T08:00:00.5+08:00'))`: `T_AFTER(t, TIMESTAMP('2024-05-01T00:00:00.5Z'))`,
	} {
		e, err := ParseText(written)
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if got, err := AppendText(nil, e); err != nil || string(got) != want {
			t.Errorf("%s: %s, want %s (%v)", written, got, want, err)
		}
	}
}

// anyFilter draws a filter of so many levels as text can hold: no array of one
// member, no text that ends in a backslash, no end of an interval that is a text.
func anyFilter(t *rapid.T, levels int) Expr {
	if levels == 0 {
		return anyLiteral(t)
	}
	one := func() Expr { return anyFilter(t, levels-1) }
	list := func(least int) []Expr {
		var list []Expr
		for range rapid.IntRange(least, least+2).Draw(t, "members") {
			list = append(list, one())
		}
		return list
	}
	switch pick(t, 12) {
	case 0:
		return And{list(2)}
	case 1:
		return Or{list(2)}
	case 2:
		return Not{one()}
	case 3:
		return Compare{rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "op"), one(), one()}
	case 4:
		return Like{one(), one()}
	case 5:
		return Between{one(), one(), one()}
	case 6:
		return In{one(), list(1)}
	case 7:
		return IsNull{one()}
	case 8:
		return Arithmetic{rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "div", "^"}).Draw(t, "op"), one(), one()}
	case 9:
		return Call{rapid.SampledFrom([]string{"casei", "accenti", "s_touches", "t_metby", "a_overlaps", "Foo_1"}).Draw(t, "function"), list(1)}
	case 10:
		return Array{list(2)}
	}
	return anyLiteral(t)
}

// pick draws a number below n, each as likely: a range would favour small ones.
func pick(t *rapid.T, n int) int {
	return rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}[:n]).Draw(t, "kind")
}

func anyLiteral(t *rapid.T) Expr {
	switch pick(t, 9) {
	case 0:
		return Property{anyText(t, false)}
	case 1:
		return Text(anyText(t, true))
	case 2:
		return Bool(rapid.Bool().Draw(t, "bool"))
	case 3, 4:
		return anyInstant(t)
	case 5:
		return Interval{anyEnd(t), anyEnd(t)}
	case 6:
		return Geometry{anyGeometry(t, pick(t, 7))}
	case 7:
		return Box{[4]float64{anyNumber(t), anyNumber(t), anyNumber(t), anyNumber(t)}}
	}
	return Number(anyNumber(t))
}

func anyNumber(t *rapid.T) float64 { return rapid.Float64().Draw(t, "number") }

// anyText draws from what quotes and names trip over, and from everything else.
func anyText(t *rapid.T, text bool) string {
	s := rapid.OneOf(rapid.StringOf(rapid.SampledFrom([]rune(`'"\ %_a名.:`))), rapid.String(),
		rapid.SampledFrom([]string{"and", "NULL", "point", "Z", "date", "s_within", "9", "", "a-b"})).Draw(t, "text")
	s = strings.ReplaceAll(s, "\x00", "")
	if text {
		s = strings.TrimRight(s, `\`)
	}
	return s
}

func anyInstant(t *rapid.T) Expr {
	second := rapid.Int64Range(-62167219200, 253402300799).Draw(t, "second") // years 0 to 9999
	if rapid.Bool().Draw(t, "day") {
		return Date{time.Unix(second, 0).UTC().Truncate(24 * time.Hour)}
	}
	return Timestamp{time.Unix(second, rapid.Int64Range(0, 999999999).Draw(t, "nanosecond")).UTC()}
}

func anyEnd(t *rapid.T) Expr {
	return rapid.OneOf(rapid.Just(Expr(nil)), rapid.Just(Expr(Property{"updated_at"})), rapid.Custom(anyInstant)).Draw(t, "end")
}

// anyGeometry draws the kind-th kind of geometry, valid or not.
func anyGeometry(t *rapid.T, kind int) orb.Geometry {
	point := rapid.Custom(func(t *rapid.T) orb.Point { return orb.Point{anyNumber(t), anyNumber(t)} })
	line := rapid.SliceOfN(point, 1, 4)
	rings := rapid.SliceOfN(rapid.Map(line, func(l []orb.Point) orb.Ring { return l }), 1, 2)
	switch kind {
	case 0:
		return point.Draw(t, "point")
	case 1:
		return orb.MultiPoint(line.Draw(t, "points"))
	case 2:
		return orb.LineString(line.Draw(t, "line"))
	case 3:
		return orb.MultiLineString(rapid.SliceOfN(rapid.Map(line, func(l []orb.Point) orb.LineString { return l }), 1, 3).Draw(t, "lines"))
	case 4:
		return orb.Polygon(rings.Draw(t, "polygon"))
	case 5:
		return orb.MultiPolygon(rapid.SliceOfN(rapid.Map(rings, func(r []orb.Ring) orb.Polygon { return r }), 1, 3).Draw(t, "polygons"))
	}
	var list orb.Collection
	for range rapid.IntRange(1, 3).Draw(t, "members") {
		list = append(list, anyGeometry(t, pick(t, 6)))
	}
	return list
}
