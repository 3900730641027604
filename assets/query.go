package assets

import (
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets/cql2"
)

// Collections that are served, exported and drawn as tiles.
const (
	CollectionAreas    = "areas"
	CollectionSegments = "segments"
	CollectionAssets   = "assets"
)

// Collections lists them in the order people read them.
var Collections = []string{CollectionAreas, CollectionSegments, CollectionAssets}

// Limits of a page of features.
const (
	DefaultLimit = 100
	MaxLimit     = 10000
)

// Property is a member of a feature that can be asked for.
type Property struct {
	Name   string
	Kind   string
	Values []string // of a KindChoice
}

// Properties returns what each collection can be asked for by a parameter, in
// wire order: every queryable. A name that is not in the list never reaches the
// store. The list is not to be changed: every request reads it.
func Properties(collection string) []Property { return properties[collection] }

var properties = func() map[string][]Property {
	by := map[string][]Property{}
	for _, collection := range Collections {
		for _, m := range Members(collection) {
			if m.Queryable() {
				by[collection] = append(by[collection], Property{Name: m.Name, Kind: m.Kind, Values: m.Values})
			}
		}
	}
	return by
}()

// Equal asks for one of several values of a property.
type Equal struct {
	Property Property
	Values   []string // checked against the property's kind
}

// NewEqual checks a filter as it came from outside.
func NewEqual(collection, name string, values []string) (Equal, error) {
	for _, p := range Properties(collection) {
		if p.Name != name {
			continue
		}
		for _, v := range values {
			if f := p.fault(v); f != nil {
				return Equal{}, f
			}
		}
		return Equal{Property: p, Values: values}, nil
	}
	return Equal{}, Errorf(Invalid, name, "%s 没有此属性", "%s has no such property", collection)
}

func (p Property) fault(v string) *Error {
	switch p.Kind {
	case KindID:
		if _, err := uuid.Parse(v); err != nil || len(v) != 36 {
			return Errorf(Invalid, p.Name, "“%s”不是 UUID", "%q is no UUID", v)
		}
	case KindDate:
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return Errorf(Invalid, p.Name, "应为日期，如 2024-05-01", "must be a date such as 2024-05-01")
		}
	case KindTime:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return Errorf(Invalid, p.Name, "应为 RFC 3339 的时刻，如 2024-05-01T00:00:00Z", "must be an instant of RFC 3339 such as 2024-05-01T00:00:00Z")
		}
	case KindInteger:
		if _, err := strconv.ParseInt(v, 10, 32); err != nil {
			return Errorf(Invalid, p.Name, "“%s”不是整数", "%q is no whole number", v)
		}
	case KindNumber:
		if f, err := strconv.ParseFloat(v, 64); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return Errorf(Invalid, p.Name, "“%s”不是数字", "%q is no number", v)
		}
	case KindFlag:
		if v != "true" && v != "false" {
			return Errorf(Invalid, p.Name, "应为 true 或 false", "must be true or false")
		}
	case KindChoice:
		for _, c := range p.Values {
			if v == c {
				return nil
			}
		}
		return Errorf(Invalid, p.Name, "“%s”不在 %v 之中", "%q is not one of %v", v, p.Values)
	default:
		return textFault(p.Name, v, 0, 200)
	}
	return nil
}

// Key is a place in the order of a list: by jurisdiction, then by id. The zero
// Key is before everything.
type Key struct {
	Jurisdiction string
	ID           uuid.UUID
}

// String writes the key as a cursor of URL-safe characters.
func (k Key) String() string { return k.Jurisdiction + "." + k.ID.String() }

// ParseKey reads a cursor.
func ParseKey(s string) (Key, error) {
	if len(s) == 9+1+36 && digits(s[:9], 9) && s[9] == '.' {
		if id, err := uuid.Parse(s[10:]); err == nil {
			return Key{Jurisdiction: s[:9], ID: id}, nil
		}
	}
	return Key{}, Errorf(Invalid, "after", "不是本服务给出的翻页位置", "is no paging position that this service gave")
}

// Query selects objects of one collection. Conditions are joined by AND.
type Query struct {
	View
	Bounds []orb.Bound // any of them, tested against the real geometry; none means everywhere
	Equal  []Equal
	IDs    []uuid.UUID  // any of them; nil means all
	Within orb.Geometry // what meets this polygon; nil means everywhere
	Filter cql2.Expr    // checked against the Queryables of the collection; nil asks for nothing
	After  Key          // only what comes later in the order of keys
	Limit  int          // at most so many; 0 means all, and is never taken from outside
}

// With returns the query with one more condition.
func (q Query) With(e Equal) Query {
	q.Equal = append(append([]Equal(nil), q.Equal...), e)
	return q
}

// Without returns the query without conditions on the named property.
func (q Query) Without(name string) Query {
	kept := make([]Equal, 0, len(q.Equal))
	for _, e := range q.Equal {
		if e.Property.Name != name {
			kept = append(kept, e)
		}
	}
	q.Equal = kept
	return q
}

// Counts are the figures of a legend. ByClass ignores a condition on class and
// ByCondition one on condition, so that each says what choosing it would give.
type Counts struct {
	Total       int64                       `json:"total"`
	ByClass     map[string]int64            `json:"by_class"`
	ByCondition map[string]int64            `json:"by_condition"`
	BySegment   map[uuid.UUID]SegmentCounts `json:"by_segment"`
}

// SegmentCounts are the assets of one segment, in all and by condition.
type SegmentCounts struct {
	Total     int64 `json:"total"`
	Good      int64 `json:"good"`
	Fair      int64 `json:"fair"`
	Poor      int64 `json:"poor"`
	Dangerous int64 `json:"dangerous"`
}

// Hit is one answer of a search.
type Hit struct {
	Noun   string    `json:"noun"` // asset, segment or area
	ID     uuid.UUID `json:"id"`
	Code   string    `json:"code"`
	Name   string    `json:"name"`
	Class  string    `json:"class,omitempty"`
	Level  string    `json:"level,omitempty"`
	Detail string    `json:"detail"`
	Point  orb.Point `json:"point"` // where to look, EPSG:4326
}

// With returns the counts with n more assets of a condition.
func (c SegmentCounts) With(condition string, n int64) SegmentCounts {
	c.Total += n
	switch condition {
	case ConditionGood:
		c.Good += n
	case ConditionFair:
		c.Fair += n
	case ConditionPoor:
		c.Poor += n
	case ConditionDangerous:
		c.Dangerous += n
	}
	return c
}

// In is the query for everything of a collection in one jurisdiction.
func In(jurisdiction string) Query { return Query{View: View{Scope: Only(jurisdiction)}} }
