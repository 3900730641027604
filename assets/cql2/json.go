package cql2

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// ParseJSON reads CQL2 JSON. Errors are *Fault.
func ParseJSON(body []byte) (e Expr, err error) {
	defer caught(&err)
	if len(body) > MaxBytes {
		return nil, faultf(-1, "超过 %d 字节", "is longer than %d bytes", MaxBytes)
	}
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil, faultf(-1, "不是有效的 JSON", "is not valid JSON")
	}
	r := &reader{}
	return r.expr(value), nil
}

// reader makes expressions of JSON values.
type reader struct{ budget }

func refuse(zh, en string, args ...any) { panic(faultf(-1, zh, en, args...)) }

func (r *reader) expr(value any) Expr {
	defer r.deeper(-1)()
	r.node(-1)
	switch v := value.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			refuse("文本含有不能使用的字符", "the text holds characters that cannot be")
		}
		return Text(v)
	case float64:
		return Number(v)
	case bool:
		return Bool(v)
	case []any:
		return Array{r.exprs(v)}
	case map[string]any:
		return r.object(v)
	}
	refuse("null 不是表达式；请用 isNull", "null is no expression; use isNull")
	return nil
}

func (r *reader) exprs(values []any) (list []Expr) {
	for _, v := range values {
		list = append(list, r.expr(v))
	}
	return list
}

func (r *reader) object(m map[string]any) Expr {
	only := func(names ...string) {
		for name := range m {
			if !slices.Contains(names, name) {
				refuse("没有成员“%s”", "there is no member %q", name)
			}
		}
	}
	switch {
	case m["op"] != nil:
		only("op", "args")
		op, ok := m["op"].(string)
		args, list := m["args"].([]any)
		if !ok || !list {
			refuse("op 应为文本，args 应为数组", "op must be a text and args an array")
		}
		return r.operation(op, args)
	case m["property"] != nil:
		only("property")
		return Property{text(m["property"], "property")}
	case m["date"] != nil:
		only("date")
		return instant("date", text(m["date"], "date"), -1)
	case m["timestamp"] != nil:
		only("timestamp")
		return instant("timestamp", text(m["timestamp"], "timestamp"), -1)
	case m["interval"] != nil:
		only("interval")
		ends, _ := m["interval"].([]any)
		if len(ends) != 2 {
			refuse("interval 需要两个端点", "interval needs two ends")
		}
		list := r.exprs(ends)
		return Interval{endOf(list[0], -1), endOf(list[1], -1)}
	case m["bbox"] != nil && m["type"] == nil:
		only("bbox")
		return boxOf(numbers(m["bbox"]), -1)
	case m["type"] != nil:
		return Geometry{r.geometry(m)}
	}
	refuse("不认识的对象", "the object is no expression")
	return nil
}

func text(v any, name string) string {
	s, ok := v.(string)
	if !ok {
		refuse("%s 应为文本", "%s must be a text", name)
	}
	return s
}

func numbers(v any) (list []float64) {
	values, ok := v.([]any)
	if !ok {
		refuse("此处应为数字的数组", "expected an array of numbers")
	}
	for _, v := range values {
		n, ok := v.(float64)
		if !ok || math.IsInf(n, 0) {
			refuse("此处应为数字", "expected a number")
		}
		list = append(list, n)
	}
	return list
}

// operation makes an operator or function of its name in JSON.
func (r *reader) operation(op string, values []any) Expr {
	want := func(n int) []Expr {
		if len(values) != n {
			refuse("%s 需要 %d 个参数", "%s needs %d arguments", op, n)
		}
		return r.exprs(values)
	}
	switch op {
	case "and", "or":
		list := r.exprs(values)
		switch {
		case len(list) < 2:
			refuse("%s 至少需要两个参数", "%s needs two arguments or more", op)
		case op == "and":
			return And{list}
		}
		return Or{list}
	case "not":
		return Not{want(1)[0]}
	case "=", "<>", "<", "<=", ">", ">=":
		args := want(2)
		return Compare{op, args[0], args[1]}
	case "like":
		args := want(2)
		return Like{args[0], args[1]}
	case "between":
		args := want(3)
		return Between{args[0], args[1], args[2]}
	case "in":
		args := want(2)
		list, ok := args[1].(Array)
		if !ok {
			refuse("in 的第二个参数应为数组", "the second argument of in must be an array")
		}
		return In{args[0], list.List}
	case "isNull":
		return IsNull{want(1)[0]}
	case "+", "-", "*", "/", "%", "div", "^":
		args := want(2)
		return Arithmetic{op, args[0], args[1]}
	}
	return call(op, r.exprs(values))
}

// geometry reads a GeoJSON geometry. Heights are passed over.
func (r *reader) geometry(m map[string]any) orb.Geometry {
	c := m["coordinates"]
	switch m["type"] {
	case "Point":
		return r.point(c)
	case "MultiPoint":
		return orb.MultiPoint(members(c, r.point))
	case "LineString":
		return r.line(c)
	case "MultiLineString":
		return orb.MultiLineString(members(c, r.line))
	case "Polygon":
		return r.polygon(c)
	case "MultiPolygon":
		return orb.MultiPolygon(members(c, r.polygon))
	case "GeometryCollection":
		return orb.Collection(members(m["geometries"], func(v any) orb.Geometry {
			g, ok := v.(map[string]any)
			if !ok || g["type"] == "GeometryCollection" {
				refuse("此处应为几何", "expected a geometry")
			}
			return r.geometry(g)
		}))
	}
	refuse("不认识的几何类型", "the type of the geometry is unknown")
	return nil
}

func members[T any](v any, item func(any) T) (list []T) {
	values, ok := v.([]any)
	if !ok || len(values) == 0 {
		refuse("此处应为坐标的数组", "expected an array of coordinates")
	}
	for _, v := range values {
		list = append(list, item(v))
	}
	return list
}

func (r *reader) point(v any) orb.Point {
	r.node(-1)
	n := numbers(v)
	if len(n) != 2 && len(n) != 3 {
		refuse("位置应为 2 个或 3 个数", "a position must be 2 or 3 numbers")
	}
	return orb.Point{n[0], n[1]}
}

func (r *reader) line(v any) orb.LineString { return members(v, r.point) }

func (r *reader) polygon(v any) orb.Polygon {
	return members(v, func(v any) orb.Ring { return members(v, r.point) })
}
