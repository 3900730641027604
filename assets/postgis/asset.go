package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var assetNoun = noun[assets.Asset]{
	name:  "asset",
	table: "asset",
	columns: []string{"jurisdiction", "id", "code", "class", "name", "status", "condition", "segment", "chainage_m", "side", "offset_m",
		"community", "accuracy_m", "source", "source_id", "source_crs", "installed_on", "attributes", "geom", "version", "updated_at"},
	head:     func(a *assets.Asset) *assets.Header { return &a.Header },
	geometry: func(a *assets.Asset) orb.Geometry { return a.Geometry },
	prepare: func(a *assets.Asset) error {
		a.Geometry = geo.Orient(a.Geometry)
		if len(a.Attributes) == 0 {
			a.Attributes = json.RawMessage("{}")
		}
		return a.Validate()
	},
	row: func(a *assets.Asset) []any {
		p := a.Place
		return []any{a.Jurisdiction, a.ID, a.Code, a.Class, a.Name, a.Status, a.Condition, p.Segment, p.ChainageM, p.Side, p.OffsetM,
			p.Community, a.AccuracyM, a.Source, a.SourceID, a.SourceCRS, date(a.InstalledOn), a.Attributes, a.Geometry, a.Version, a.UpdatedAt}
	},
}

// date is the column value of an ISO date that was checked before, NULL for "".
func date(s string) (d pgtype.Date) {
	if s != "" {
		d.Valid = d.Scan(s) == nil
	}
	return d
}

// AddAssets stores new assets: each is placed on its segment and in its
// community, and given a component code if it has none.
func (s *Store) AddAssets(ctx context.Context, w Write, jurisdiction string, list []assets.Asset) error {
	body, err := assetNoun.body(list)
	if err != nil {
		return err
	}
	locator, err := s.Locator(ctx, jurisdiction)
	if err != nil {
		return err
	}
	return s.record(ctx, w, jurisdiction, body, func(l *ledger) error { return addAssetsIn(ctx, l, locator, list) })
}

// addAssetsIn is AddAssets inside a write that is under way.
func addAssetsIn(ctx context.Context, l *ledger, locator *assets.Locator, list []assets.Asset) error {
	codes, err := openCodes(ctx, l)
	if err != nil {
		return err
	}
	for _, class := range classesOf(list) {
		if err := codes.open(ctx, l, class); err != nil {
			return err
		}
	}
	for i := range list {
		if err := geo.Validate(list[i].Geometry); err != nil {
			return err
		}
		list[i].Place = locator.Place(list[i].Geometry)
		codes.keep(list[i])
	}
	for i := range list {
		codes.give(&list[i])
	}
	if err := createIn(ctx, l, assetNoun, list); err != nil {
		return err
	}
	return codes.close(ctx, l)
}

// classesOf returns the classes in use, sorted: counters are locked in this
// order, so that two writers never wait for one another in a circle.
func classesOf(list []assets.Asset) (classes []string) {
	seen := map[string]bool{}
	for i := range list {
		if c := list[i].Class; !seen[c] {
			seen[c] = true
			classes = append(classes, c)
		}
	}
	sort.Strings(classes)
	return classes
}

// Locator prepares the segments and communities of a jurisdiction.
func (s *Store) Locator(ctx context.Context, jurisdiction string) (*assets.Locator, error) {
	q, err := assets.Query{}.In(jurisdiction)
	if err != nil {
		return nil, err
	}
	segments, err := all(func(each func(*assets.Segment) error) error { return s.EachSegment(ctx, q, each) })
	if err != nil {
		return nil, err
	}
	areas, err := all(func(each func(*assets.Area) error) error { return s.EachArea(ctx, q, each) })
	if err != nil {
		return nil, err
	}
	return assets.NewLocator(segments, areas), nil
}

const selectAsset = `select jurisdiction, id, version, updated_at, code, class, name, status, condition, segment, chainage_m, side, offset_m,
	community, accuracy_m, source, source_id, source_crs, coalesce(to_char(installed_on, 'YYYY-MM-DD'), ''), attributes, geom from asset`

func scanAsset(row scanner, a *assets.Asset) error {
	p := &a.Place
	return row.Scan(&a.Jurisdiction, &a.ID, &a.Version, &a.UpdatedAt, &a.Code, &a.Class, &a.Name, &a.Status, &a.Condition,
		&p.Segment, &p.ChainageM, &p.Side, &p.OffsetM, &p.Community, &a.AccuracyM, &a.Source, &a.SourceID, &a.SourceCRS,
		&a.InstalledOn, &a.Attributes, &a.Geometry)
}

// EachAsset calls each with every asset the query selects, in the order of
// keys. The asset is reused for the next row.
func (s *Store) EachAsset(ctx context.Context, q assets.Query, each func(*assets.Asset) error) error {
	names, err := s.classNames(ctx)
	if err != nil {
		return err
	}
	return stream(ctx, s, selectAsset, assets.CollectionAssets, q, scanAsset, func(a *assets.Asset) error {
		a.ClassName = names.of(a)
		return each(a)
	})
}

// Asset returns one asset, or an error of code assets.NotFound.
func (s *Store) Asset(ctx context.Context, id uuid.UUID) (assets.Asset, error) {
	names, err := s.classNames(ctx)
	if err != nil {
		return assets.Asset{}, err
	}
	a, err := one(ctx, s, selectAsset, id, "asset", scanAsset)
	a.ClassName = names.of(&a)
	return a, err
}

// codes gives out component codes within one write. Serials are counted per
// division and class, so the counters are kept under the code of the division
// itself; they are locked until the write ends, which makes them gapless.
type codes struct {
	division string
	lengths  assets.CodeLengths
	counters map[string]*counter
	missing  int64 // assets left without a code because the serials were used up
}

type counter struct {
	first, last int64
	taken       map[string]bool // codes above last that came from elsewhere
}

func openCodes(ctx context.Context, l *ledger) (*codes, error) {
	c := &codes{division: l.jurisdiction[:6], counters: map[string]*counter{}}
	err := l.tx.QueryRow(ctx, `select code_lengths from jurisdiction where code = $1`, l.jurisdiction).Scan(&c.lengths)
	return c, err
}

// ledgerKey is where the counters of a division stand.
func (c *codes) ledgerKey() string { return c.division + "000" }

// open locks the counter of a class.
func (c *codes) open(ctx context.Context, l *ledger, class string) error {
	n := &counter{taken: map[string]bool{}}
	err := l.tx.QueryRow(ctx, `insert into class_serial (jurisdiction, class, last) values ($1, $2, 0)
		on conflict (jurisdiction, class) do update set last = class_serial.last returning last`, c.ledgerKey(), class).Scan(&n.last)
	if err != nil {
		return err
	}
	n.first = n.last
	c.counters[class] = n
	prefix := c.prefix(class)
	rows, err := l.tx.Query(ctx, `select code from asset where jurisdiction = $1 and code > $2 and code < $3`,
		l.jurisdiction, fmt.Sprintf("%s%0*d", prefix, c.lengths.Serial, n.last), prefix+":")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return err
		}
		n.taken[code] = true
	}
	return rows.Err()
}

// prefix is what every code of the class begins with.
func (c *codes) prefix(class string) string {
	code, _ := c.lengths.Format(c.division, class, 1)
	return strings.TrimSuffix(code, code[len(code)-c.lengths.Serial:])
}

// keep notes a code that an asset brings, so that it is not given to another.
// It reports whether the code is free as far as this write and the counters know.
func (c *codes) keep(a assets.Asset) bool {
	n := c.counters[a.Class]
	if a.Code == "" {
		return true
	}
	if n.taken[a.Code] {
		return false
	}
	n.taken[a.Code] = true
	return true
}

// give gives an asset without a code the next one of its class. When the
// serials of the class are used up it stays without.
func (c *codes) give(a *assets.Asset) {
	n := c.counters[a.Class]
	for a.Code == "" {
		code, ok := c.lengths.Format(c.division, a.Class, n.last+1)
		if !ok {
			c.missing++
			return
		}
		n.last++
		if !n.taken[code] {
			a.Code = code
		}
	}
}

// close moves the counters.
func (c *codes) close(ctx context.Context, l *ledger) error {
	for class, n := range c.counters {
		if n.last == n.first {
			continue
		}
		if _, err := l.tx.Exec(ctx, `update class_serial set last = $3 where jurisdiction = $1 and class = $2`, c.ledgerKey(), class, n.last); err != nil {
			return err
		}
	}
	return nil
}
