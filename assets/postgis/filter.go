package postgis

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets/cql2"
)

// filter adds a checked filter. Names become columns by the table of columns,
// values become arguments; nothing of the filter's text is in the statement.
func (c *conditions) filter(e cql2.Expr) error {
	sql, err := c.predicate(e)
	c.add("(" + sql + ")")
	return err
}

// unanswerable is a filter that Check let pass and nobody can answer: a fault of
// the program.
func unanswerable(e cql2.Expr) error { return fmt.Errorf("the filter %T cannot be answered", e) }

func (c *conditions) predicate(e cql2.Expr) (string, error) {
	switch e := e.(type) {
	case cql2.And:
		return c.joined(" and ", e.List)
	case cql2.Or:
		return c.joined(" or ", e.List)
	case cql2.Not:
		return c.format("not (%s)", c.predicate, e.Of)
	case cql2.Compare:
		return c.format("%s "+operators[e.Op]+" %s", c.operand, e.Left, e.Right)
	case cql2.Like:
		return c.format(`%s like %s escape '\'`, c.operand, e.Value, e.Pattern)
	case cql2.Between:
		return c.format("%s between %s and %s", c.operand, e.Value, e.Low, e.High)
	case cql2.In:
		list := make([]string, len(e.List))
		for i, member := range e.List {
			var err error
			if list[i], err = c.operand(member); err != nil {
				return "", err
			}
		}
		return c.format("%s in ("+strings.Join(list, ", ")+")", c.operand, e.Value)
	case cql2.IsNull:
		return c.format("%s is null", c.operand, e.Value)
	case cql2.Bool:
		return c.operand(e)
	case cql2.Property:
		return c.operand(e)
	case cql2.Call:
		if spans, ok := temporalRelations[e.Name]; ok {
			return c.temporal(spans, e)
		}
		return c.spatial(e)
	}
	return "", unanswerable(e)
}

// operators of comparisons, from a list of our own.
var operators = map[string]string{"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

// format fills a statement's parts with what each expression becomes.
func (c *conditions) format(form string, part func(cql2.Expr) (string, error), list ...cql2.Expr) (string, error) {
	parts := make([]any, len(list))
	for i, e := range list {
		sql, err := part(e)
		if err != nil {
			return "", err
		}
		parts[i] = sql
	}
	return fmt.Sprintf(form, parts...), nil
}

func (c *conditions) joined(by string, list []cql2.Expr) (string, error) {
	parts := make([]string, len(list))
	for i, e := range list {
		sql, err := c.predicate(e)
		if err != nil {
			return "", err
		}
		parts[i] = "(" + sql + ")"
	}
	return strings.Join(parts, by), nil
}

// columnsOfFilter are the columns behind the names on the wire that differ from
// them. Text columns are null on the wire where they are empty.
var columnsOfFilter = map[string]string{"from": "from_name", "to": "to_name", "geometry": "geom"}

// emptyIsNull are the text columns that are never null in the table, where empty
// stands for it.
var emptyIsNull = map[string]bool{"code": true, "name": true, "road": true, "from_name": true, "to_name": true, "source": true, "source_id": true, "source_crs": true, "side": true}

func (c *conditions) operand(e cql2.Expr) (string, error) {
	switch e := e.(type) {
	case cql2.Property:
		column := orElse(columnsOfFilter[e.Name], e.Name)
		if emptyIsNull[column] {
			return "nullif(" + column + ", '')", nil
		}
		return column, nil
	case cql2.Text:
		return c.arg(string(e)) + "::text", nil
	case cql2.Number:
		return c.arg(float64(e)) + "::float8", nil
	case cql2.Bool:
		return c.arg(bool(e)) + "::boolean", nil
	case cql2.ID:
		return c.arg(uuid.UUID(e)) + "::uuid", nil
	case cql2.Date:
		return c.arg(e.Time) + "::timestamptz", nil
	case cql2.Timestamp:
		return c.arg(e.Time) + "::timestamptz", nil
	case cql2.Geometry:
		return c.shape(e.Of)
	case cql2.Call:
		return c.format("lower(%s)", c.operand, e.Args[0])
	}
	return "", unanswerable(e)
}

// shape is a literal geometry; a collection is gathered from its members. Areas
// that overlap are made one: GEOS has no answer for them side by side.
func (c *conditions) shape(g orb.Geometry) (string, error) {
	if areas, ok := g.(orb.MultiPolygon); ok && crowded(areas) {
		return "st_unaryunion(" + c.arg(g) + "::geometry)", nil
	}
	list, ok := g.(orb.Collection)
	if !ok {
		return c.arg(g) + "::geometry", nil
	}
	parts := make([]string, len(list))
	for i, member := range list {
		parts[i] = c.arg(member) + "::geometry"
	}
	return "st_unaryunion(st_collect(array[" + strings.Join(parts, ", ") + "]))", nil
}

// crowded reports whether areas may overlap, by their boxes.
func crowded(areas orb.MultiPolygon) bool {
	for i, a := range areas {
		for _, b := range areas[:i] {
			if a.Bound().Intersects(b.Bound()) {
				return true
			}
		}
	}
	return false
}

// spatialFunctions of the standard, as PostGIS calls them (OGC 06-103r4).
var spatialFunctions = map[string]string{"s_intersects": "st_intersects", "s_equals": "st_equals", "s_disjoint": "st_disjoint", "s_touches": "st_touches",
	"s_within": "st_within", "s_overlaps": "st_overlaps", "s_crosses": "st_crosses", "s_contains": "st_contains"}

func (c *conditions) spatial(e cql2.Call) (string, error) {
	function, ok := spatialFunctions[e.Name]
	if !ok {
		return "", unanswerable(e)
	}
	return c.format(function+"(%s, %s)", c.operand, e.Args...)
}

// temporalRelations say each temporal function in the ends of its arguments: a
// is from %[1]s to %[2]s, b from %[3]s to %[4]s. An instant begins and ends at
// once (OGC 21-065r2, 7.5; J. F. Allen's interval algebra).
var temporalRelations = map[string]string{
	"t_after": "%[1]s > %[4]s", "t_before": "%[2]s < %[3]s", "t_disjoint": "(%[2]s < %[3]s or %[1]s > %[4]s)", "t_intersects": "(%[1]s <= %[4]s and %[2]s >= %[3]s)",
	"t_equals": "(%[1]s = %[3]s and %[2]s = %[4]s)", "t_contains": "(%[1]s < %[3]s and %[2]s > %[4]s)", "t_during": "(%[1]s > %[3]s and %[2]s < %[4]s)",
	"t_meets": "%[2]s = %[3]s", "t_metby": "%[1]s = %[4]s", "t_overlaps": "(%[1]s < %[3]s and %[2]s > %[3]s and %[2]s < %[4]s)",
	"t_overlappedby": "(%[1]s > %[3]s and %[1]s < %[4]s and %[2]s > %[4]s)", "t_starts": "(%[1]s = %[3]s and %[2]s < %[4]s)", "t_startedby": "(%[1]s = %[3]s and %[2]s > %[4]s)",
	"t_finishes": "(%[1]s > %[3]s and %[2]s = %[4]s)", "t_finishedby": "(%[1]s < %[3]s and %[2]s = %[4]s)",
}

func (c *conditions) temporal(relation string, e cql2.Call) (string, error) {
	sql := relation
	for i, arg := range e.Args {
		span, ok := arg.(cql2.Interval)
		if !ok {
			span = cql2.Interval{From: arg, To: arg}
		}
		for k, instant := range []cql2.Expr{span.From, span.To} {
			// Not every relation looks at all four ends, and an argument that the
			// statement does not use has no type.
			place := fmt.Sprintf("%%[%d]s", 2*i+k+1)
			if !strings.Contains(relation, place) {
				continue
			}
			end := [...]string{"'-infinity'::timestamptz", "'infinity'::timestamptz"}[k]
			if instant != nil {
				var err error
				if end, err = c.operand(instant); err != nil {
					return "", err
				}
				end = "(" + end + ")::timestamptz"
			}
			sql = strings.ReplaceAll(sql, place, end)
		}
	}
	return sql, nil
}
