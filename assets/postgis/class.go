package postgis

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

var classNoun = noun[assets.Class]{
	name:  "class",
	table: "class",
	columns: []string{"jurisdiction", "id", "profile", "code", "name", "name_en", "major_name", "major_name_en", "geometry", "icon", "color",
		"radius_m", "accuracy_m", "local", "fields", "version", "updated_at"},
	head: func(c *assets.Class) *assets.Header { return &c.Header },
	prepare: func(c *assets.Class) error {
		if c.Fields == nil {
			c.Fields = []assets.Field{}
		}
		return c.Validate()
	},
	row: func(c *assets.Class) []any {
		return []any{c.Jurisdiction, c.ID, c.Profile, c.Code, c.Name, c.NameEN, c.MajorName, c.MajorNameEN, c.Geometry, c.Icon, c.Color,
			c.RadiusM, c.AccuracyM, c.Local, c.Fields, c.Version, c.UpdatedAt}
	},
	selects: `select jurisdiction, id, version, updated_at, profile, code, name, name_en, major_name, major_name_en,
		geometry, icon, color, radius_m, accuracy_m, local, fields from`,
	scan: scanClass,
}

func scanClass(row scanner, c *assets.Class) error {
	c.Fields = nil
	return row.Scan(&c.Jurisdiction, &c.ID, &c.Version, &c.UpdatedAt, &c.Profile, &c.Code, &c.Name, &c.NameEN, &c.MajorName, &c.MajorNameEN,
		&c.Geometry, &c.Icon, &c.Color, &c.RadiusM, &c.AccuracyM, &c.Local, &c.Fields)
}

// AddMissingClasses stores those of the classes that the jurisdiction does not
// have yet. Classes that are there are left as people made them.
func (s *Store) AddMissingClasses(ctx context.Context, w Write, jurisdiction string, list []assets.Class) error {
	type key struct{ Profile, Code string }
	have, err := collect[key](ctx, s.pool, `select profile, code from class where jurisdiction = $1 and deleted_at is null`, jurisdiction)
	if err != nil {
		return err
	}
	known := map[key]bool{}
	for _, k := range have {
		known[k] = true
	}
	var missing []assets.Class
	for _, c := range list {
		if !known[key{c.Profile, c.Code}] {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	err = create(ctx, s, classNoun, w, jurisdiction, missing)
	if assets.ErrorCode(err) == assets.Conflict { // another program that starts at the same moment was faster
		return nil
	}
	return err
}

// Classes lists the catalogue of a jurisdiction: the classes of its profile,
// shared and its own, by code. Where it has one of its own under the code of a
// shared one, its own counts.
func (s *Store) Classes(ctx context.Context, jurisdiction string) ([]assets.Class, error) {
	j, err := s.Jurisdiction(ctx, jurisdiction)
	if err != nil {
		return nil, err
	}
	return classesWhere(ctx, s.pool, jurisdiction, j.Profile, "")
}

// classesWhere reads the classes of a profile that count in a jurisdiction, or
// only the one with a code.
func classesWhere(ctx context.Context, db querier, jurisdiction, profile, code string) (list []assets.Class, err error) {
	rows, err := db.Query(ctx, `select distinct on (code) `+strings.TrimSuffix(strings.TrimPrefix(classNoun.selects, "select "), " from")+` from class
		where jurisdiction = any($1) and profile = $2 and deleted_at is null and ($3 = '' or code = $3) order by code, jurisdiction desc`,
		[]string{assets.SystemJurisdiction, jurisdiction}, profile, code)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c assets.Class
		if err := scanClass(rows, &c); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// classOf returns the class with a code as it counts in a jurisdiction.
func classOf(ctx context.Context, db querier, jurisdiction, code string) (assets.Class, error) {
	var profile string
	if err := db.QueryRow(ctx, `select profile from jurisdiction where code = $1`, jurisdiction).Scan(&profile); err != nil {
		return assets.Class{}, err
	}
	list, err := classesWhere(ctx, db, jurisdiction, profile, code)
	if err == nil && (len(list) == 0 || code == "") {
		err = assets.Errorf(assets.Invalid, "class", "%s 的目录中没有类别“%s”", "the catalogue of %s has no class %q", jurisdiction, code)
	}
	if err != nil {
		return assets.Class{}, err
	}
	return list[0], nil
}

// Class returns the class with a code as it counts in a jurisdiction, or an error
// of code assets.Invalid.
func (s *Store) Class(ctx context.Context, jurisdiction, code string) (assets.Class, error) {
	return classOf(ctx, s.pool, jurisdiction, code)
}

// class is classOf inside a write, which asks for each class once.
func (l *ledger) class(ctx context.Context, code string) (assets.Class, error) {
	if c, ok := l.classes[code]; ok {
		return c, nil
	}
	c, err := classOf(ctx, l.tx, l.jurisdiction, code)
	if err == nil {
		l.classes[code] = c
	}
	return c, err
}

// classNames are what every asset is dressed with when it is read: the names of
// the classes, read once for a whole list, because joined to each of its rows
// they would cost more than the rows; and which attributes are about persons.
type classNames struct {
	profile map[string]string      // by jurisdiction
	name    map[[3]string]string   // by jurisdiction of the class, profile and code
	persons map[[3]string][]string // keys of fields, only for classes that have such
}

func (s *Store) classNames(ctx context.Context) (classNames, error) {
	return readClassNames(ctx, s.pool)
}

func readClassNames(ctx context.Context, db querier) (classNames, error) {
	n := classNames{profile: map[string]string{}, name: map[[3]string]string{}, persons: map[[3]string][]string{}}
	var key [3]string
	var name string
	rows, err := db.Query(ctx, `select code, profile from jurisdiction`)
	if err != nil {
		return n, err
	}
	if _, err := pgx.ForEachRow(rows, []any{&key[0], &name}, func() error { n.profile[key[0]] = name; return nil }); err != nil {
		return n, err
	}
	if rows, err = db.Query(ctx, `select jurisdiction, profile, code, name, case when fields::text like '%"person"%' then fields end
		from class where deleted_at is null`); err != nil {
		return n, err
	}
	var fields []assets.Field
	_, err = pgx.ForEachRow(rows, []any{&key[0], &key[1], &key[2], &name, &fields}, func() error {
		n.name[key] = name
		if persons := (assets.Class{Fields: fields}).Persons(); len(persons) > 0 {
			n.persons[key] = persons
		}
		fields = nil
		return nil
	})
	return n, err
}

// dress fills the name of an asset's class and, for the public, takes away what
// is about persons. The jurisdiction's own class comes before a shared one of
// the same code.
func (n classNames) dress(a *assets.Asset, public bool) {
	key := [3]string{a.Jurisdiction, n.profile[a.Jurisdiction], a.Class}
	if _, own := n.name[key]; !own {
		key[0] = assets.SystemJurisdiction
	}
	a.ClassName = n.name[key]
	if persons := n.persons[key]; public && persons != nil {
		a.Attributes = assets.WithoutAttributes(a.Attributes, persons)
	}
}
