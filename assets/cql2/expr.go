// Package cql2 reads the Common Query Language CQL2 (OGC 21-065r2), as text and
// as JSON, and checks filters against the properties they are about. It knows
// no SQL: package postgis turns a checked filter into conditions.
package cql2

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Expr is a node of a filter. The types below are all there are.
type Expr interface{ node() }

type (
	// And, Or and Not join predicates. And and Or have two members or more.
	And struct{ List []Expr }
	Or  struct{ List []Expr }
	Not struct{ Of Expr }

	// Compare is Left Op Right, where Op is = <> < <= > or >=.
	Compare struct {
		Op          string
		Left, Right Expr
	}
	// Like matches a text with a pattern of % and _, escaped by a backslash.
	Like struct{ Value, Pattern Expr }
	// Between is Low <= Value <= High.
	Between struct{ Value, Low, High Expr }
	// In is equality with any member of a list.
	In struct {
		Value Expr
		List  []Expr
	}
	// IsNull asks whether a value is absent.
	IsNull struct{ Value Expr }

	// Arithmetic is Left Op Right, where Op is + - * / % div or ^.
	Arithmetic struct {
		Op          string
		Left, Right Expr
	}
	// Call is a function: casei, accenti, s_*, t_* and a_* of the standard in
	// lower case, and any other as it was written.
	Call struct {
		Name string
		Args []Expr
	}
	// Property is a name that the filter's subject has.
	Property struct{ Name string }

	// Literals.
	Text      string
	Number    float64
	Bool      bool
	Date      struct{ Time time.Time } // a day, at its beginning in UTC
	Timestamp struct{ Time time.Time }
	ID        uuid.UUID                 // a text that was checked to be one
	Interval  struct{ From, To Expr }   // instants, properties, or nil for an open end
	Geometry  struct{ Of orb.Geometry } // as written; in EPSG:4326 once checked
	Box       struct{ Of [4]float64 }   // west, south, east, north as written
	Array     struct{ List []Expr }
)

func (And) node()        {}
func (Or) node()         {}
func (Not) node()        {}
func (Compare) node()    {}
func (Like) node()       {}
func (Between) node()    {}
func (In) node()         {}
func (IsNull) node()     {}
func (Arithmetic) node() {}
func (Call) node()       {}
func (Property) node()   {}
func (Text) node()       {}
func (Number) node()     {}
func (Bool) node()       {}
func (Date) node()       {}
func (Timestamp) node()  {}
func (ID) node()         {}
func (Interval) node()   {}
func (Geometry) node()   {}
func (Box) node()        {}
func (Array) node()      {}

// Fault says what is wrong with a filter, and at which byte of its text; -1 where
// there is no text.
type Fault struct {
	Offset int
	ZH, EN string
}

func (f *Fault) Error() string {
	if f.Offset < 0 {
		return f.EN
	}
	return fmt.Sprintf("at character %d: %s", f.Offset+1, f.EN)
}

func faultf(offset int, zh, en string, args ...any) *Fault {
	return &Fault{Offset: offset, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// Limits of a filter: a question that is larger has no reader.
const (
	MaxBytes = 8 << 10
	maxDepth = 16
	maxNodes = 500
)

// budget counts what a parser makes.
type budget struct{ nodes, depth int }

func (b *budget) node(offset int) {
	if b.nodes++; b.nodes > maxNodes {
		panic(faultf(offset, "过滤条件过大，最多 %d 个部分", "the filter has more than %d parts", maxNodes))
	}
}

// deeper counts a level of nesting; the caller defers what it returns.
func (b *budget) deeper(offset int) func() {
	if b.depth++; b.depth > maxDepth {
		panic(faultf(offset, "嵌套超过 %d 层", "nests deeper than %d levels", maxDepth))
	}
	return func() { b.depth-- }
}

// caught turns the fault with which a parser gave up into an error.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Fault:
		*err = r
	default:
		panic(r)
	}
}
