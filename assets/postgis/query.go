package postgis

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
)

// scanner is a row: of a list, or the only one.
type scanner interface{ Scan(dest ...any) error }

// conditions gathers the parts of a where clause and their arguments. Text from
// outside only ever becomes an argument.
type conditions struct {
	from  string // the table, or what it was at a time
	parts []string
	args  []any
}

// arg adds an argument and returns its placeholder.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *conditions) add(part string) { c.parts = append(c.parts, part) }

func (c *conditions) where() string { return " where " + strings.Join(c.parts, " and ") }

// typeOf the columns that properties of each kind stand in; the others are text.
var typeOf = map[string]string{assets.KindID: "uuid", assets.KindFlag: "boolean", assets.KindNumber: "double precision", assets.KindInteger: "integer",
	assets.KindDate: "date", assets.KindTime: "timestamptz"}

// selection is the from and where of a query on one collection.
func selection(collection string, q assets.Query) (*conditions, error) {
	c := &conditions{}
	c.as(collection, q.View)
	for _, e := range q.Equal {
		if err := c.equal(collection, e); err != nil {
			return nil, err
		}
	}
	if len(q.Bounds) > 0 {
		boxes := make([]string, len(q.Bounds))
		for i, b := range q.Bounds {
			boxes[i] = c.within(b)
		}
		c.add("(" + strings.Join(boxes, " or ") + ")")
	}
	if q.Within != nil {
		c.add(fmt.Sprintf("st_intersects(geom, %s::geometry)", c.arg(q.Within)))
	}
	if q.Filter != nil {
		if err := c.filter(q.Filter); err != nil {
			return nil, err
		}
	}
	if q.IDs != nil {
		c.add("jurisdiction = any(array(select code from jurisdiction)) and id = any(" + c.arg(q.IDs) + ")")
	}
	if q.After != (assets.Key{}) {
		c.add(fmt.Sprintf("(jurisdiction, id) > (%s, %s)", c.arg(q.After.Jurisdiction), c.arg(q.After.ID)))
	}
	return c, nil
}

// as limits the rows to what a view shows, at its time. In the past a row is
// what it was then: the present one if it has not changed since, or a superseded
// one whose span holds the time.
func (c *conditions) as(collection string, v assets.View) {
	c.add("deleted_at is null")
	if !v.Scope.All() {
		c.add(fmt.Sprintf("jurisdiction = any(%s)", c.arg(v.Scope.List())))
	}
	if v.At.IsZero() {
		c.from = figuredFrom(collection)
		return
	}
	at, table, columns := c.arg(v.At), tableOf[collection], strings.Join(columnsOf[collection], ", ")
	c.from = figuredPast(collection, fmt.Sprintf(`(select %[1]s, deleted_at from %[2]s where updated_at <= %[3]s
		union all select %[1]s, deleted_at from %[2]s_history where tstzrange(updated_at, ended_at) @> %[3]s::timestamptz)`, columns, table, at), at)
}

// columnsOf each collection's table.
var columnsOf = map[string][]string{
	assets.CollectionAreas:    areaNoun.columns,
	assets.CollectionSegments: segmentNoun.columns,
	assets.CollectionAssets:   assetNoun.columns,
}

func (c *conditions) equal(collection string, e assets.Equal) error {
	for _, p := range assets.Properties(collection) {
		if p.Name != e.Property.Name {
			continue
		}
		column, kind := orElse(columnsOfFilter[p.Name], p.Name), orElse(typeOf[p.Kind], "text")
		if p.Kind == assets.KindTime { // on the wire it has whole seconds
			column = "date_trunc('second', " + column + ")"
		}
		// Values were checked against the property's kind; they travel as text and
		// are cast on the argument's side, so that the column's index serves.
		c.add(fmt.Sprintf("%s = any(%s::text[]::%s[])", column, c.arg(e.Values), kind))
		return nil
	}
	return assets.Errorf(assets.Invalid, e.Property.Name, "%s 没有此属性", "%s has no such property", collection)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// within is true where the real geometry meets the box. && alone compares
// float32 boxes and takes in a rim; the envelope of a diagonal also serves a box
// without width or height, which st_makeenvelope would make an invalid polygon.
func (c *conditions) within(b orb.Bound) string {
	box := fmt.Sprintf("st_envelope(st_setsrid(st_makeline(st_point(%s, %s), st_point(%s, %s)), 4326))",
		c.arg(b.Min[0]), c.arg(b.Min[1]), c.arg(b.Max[0]), c.arg(b.Max[1]))
	return fmt.Sprintf("(geom && %s and st_intersects(geom, %s))", box, box)
}

// tables of the collections.
var tableOf = map[string]string{
	assets.CollectionAreas:    "area",
	assets.CollectionSegments: "segment",
	assets.CollectionAssets:   "asset",
}

// stream runs a query on a collection and hands over row by row.
func stream[T any](ctx context.Context, db querier, n noun[T], collection string, q assets.Query, each func(*T) error) error {
	c, err := selection(collection, q)
	if err != nil {
		return err
	}
	sql := n.selects + " " + c.from + c.where() + " order by jurisdiction, id"
	if q.Limit > 0 {
		sql += " limit " + c.arg(q.Limit)
	}
	rows, err := db.Query(ctx, sql, c.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var t T
	for rows.Next() {
		if err := n.scan(rows, &t); err != nil {
			return err
		}
		if err := each(&t); err != nil {
			return err
		}
	}
	return rows.Err()
}

// firstOf puts the object that was made first before others of the same id. An id
// is one object's only within a jurisdiction, and whoever is told of one must not
// be able to put an object of his own in its place elsewhere.
const firstOf = ` order by (select c.at from change c where c.jurisdiction = %[1]s.jurisdiction and c.id = %[1]s.id and c.version = 1), jurisdiction limit 1`

// one reads the object with an id as a view shows it. Naming every jurisdiction
// lets the primary key find it.
func one[T any](ctx context.Context, db querier, n noun[T], collection string, v assets.View, id uuid.UUID) (t T, err error) {
	c := &conditions{}
	c.as(collection, v)
	c.add("jurisdiction = any(array(select code from jurisdiction)) and id = " + c.arg(id))
	err = n.scan(db.QueryRow(ctx, n.selects+" "+c.from+c.where()+fmt.Sprintf(firstOf, n.table), c.args...), &t)
	if none(err) {
		return t, notFound(n.name)
	}
	return t, err
}

// atVersion reads an object as it was in a version, deleted or not.
func atVersion[T any](ctx context.Context, s *Store, n noun[T], jurisdiction string, id uuid.UUID, version int) (T, error) {
	const where = `jurisdiction = $1 and id = $2 and version = $3`
	p, err := loadWhere(ctx, s.pool, n, n.table, where, jurisdiction, id, version)
	if assets.ErrorCode(err) == assets.NotFound {
		p, err = loadWhere(ctx, s.pool, n, n.table+"_history", where, jurisdiction, id, version)
	}
	return p.value, err
}

// Count is how many objects a query selects, whatever its After and Limit.
func (s *Store) Count(ctx context.Context, collection string, q assets.Query) (n int64, err error) {
	q.After = assets.Key{}
	c, err := selection(collection, q)
	if err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, "select count(*) from "+c.from+c.where(), c.args...).Scan(&n)
	return n, err
}

// Extent is the box around everything of a collection that a view shows,
// EPSG:4326; ok is false for an empty one.
func (s *Store) Extent(ctx context.Context, collection string, v assets.View) (b orb.Bound, ok bool, err error) {
	c := &conditions{}
	c.as(collection, v)
	var west, south, east, north *float64
	sql := `select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from (select st_extent(geom) e from ` + c.from + c.where() + `) x`
	err = s.pool.QueryRow(ctx, sql, c.args...).Scan(&west, &south, &east, &north)
	if err != nil || west == nil {
		return orb.Bound{}, false, err
	}
	return orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}, true, nil
}

// Since is when the record of what a view shows begins: before it, the map as of
// a date is empty. The zero time stands for no record at all.
func (s *Store) Since(ctx context.Context, v assets.View) (time.Time, error) {
	c := &conditions{}
	c.add("code <> " + c.arg(assets.SystemJurisdiction))
	if !v.Scope.All() {
		c.add(fmt.Sprintf("code = any(%s)", c.arg(v.Scope.List())))
	}
	var first *time.Time
	sql := `select min((select at from change c where c.jurisdiction = j.code order by at limit 1)) from jurisdiction j` + c.where()
	if err := s.pool.QueryRow(ctx, sql, c.args...).Scan(&first); err != nil || first == nil {
		return time.Time{}, err
	}
	return first.UTC(), nil
}

// all collects a stream into a slice of copies.
func all[T any](each func(func(*T) error) error) (list []T, err error) {
	err = each(func(t *T) error { list = append(list, *t); return nil })
	return list, err
}

var _ scanner = pgx.Row(nil)
