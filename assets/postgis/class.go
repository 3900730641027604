package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
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
}

// AddMissingClasses stores those of the classes that the jurisdiction does not
// have yet. Classes that are there are left as people made them.
func (s *Store) AddMissingClasses(ctx context.Context, w Write, jurisdiction string, list []assets.Class) error {
	type key struct{ Profile, Code string }
	have, err := collect[key](ctx, s.pool, `select profile, code from class where jurisdiction = $1`, jurisdiction)
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
// shared and its own, by code.
func (s *Store) Classes(ctx context.Context, jurisdiction string) ([]assets.Class, error) {
	j, err := s.Jurisdiction(ctx, jurisdiction)
	if err != nil {
		return nil, err
	}
	type classRow struct {
		Jurisdiction, Profile, Code, Name, NameEN, MajorName, MajorNameEN, Geometry, Icon, Color string
		RadiusM, AccuracyM                                                                       float64
		Local                                                                                    bool
		Fields                                                                                   json.RawMessage
		ID                                                                                       uuid.UUID
		Version                                                                                  int
		UpdatedAt                                                                                time.Time
	}
	rows, err := collect[classRow](ctx, s.pool, `select jurisdiction, id, version, updated_at, profile, code, name, name_en, major_name, major_name_en,
		geometry, icon, color, radius_m, accuracy_m, local, fields from class
		where jurisdiction = any($1) and profile = $2 and deleted_at is null order by code, jurisdiction`,
		[]string{assets.SystemJurisdiction, jurisdiction}, j.Profile)
	if err != nil {
		return nil, err
	}
	list := make([]assets.Class, len(rows))
	for i, r := range rows {
		list[i] = assets.Class{Header: assets.Header{Jurisdiction: r.Jurisdiction, ID: r.ID, Version: r.Version, UpdatedAt: r.UpdatedAt},
			Profile: r.Profile, Code: r.Code, Name: r.Name, NameEN: r.NameEN, MajorName: r.MajorName, MajorNameEN: r.MajorNameEN,
			Geometry: r.Geometry, Icon: r.Icon, Color: r.Color, RadiusM: r.RadiusM, AccuracyM: r.AccuracyM, Local: r.Local}
		if err := json.Unmarshal(r.Fields, &list[i].Fields); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// classNames are the names of every class, read once for a whole list: joined to
// each of its rows they would cost more than the rows.
type classNames struct {
	profile map[string]string    // by jurisdiction
	name    map[[3]string]string // by jurisdiction of the class, profile and code
}

func (s *Store) classNames(ctx context.Context) (classNames, error) {
	n := classNames{profile: map[string]string{}, name: map[[3]string]string{}}
	var key [3]string
	var name string
	rows, err := s.pool.Query(ctx, `select code, profile from jurisdiction`)
	if err != nil {
		return n, err
	}
	if _, err := pgx.ForEachRow(rows, []any{&key[0], &name}, func() error { n.profile[key[0]] = name; return nil }); err != nil {
		return n, err
	}
	if rows, err = s.pool.Query(ctx, `select jurisdiction, profile, code, name from class where deleted_at is null`); err != nil {
		return n, err
	}
	_, err = pgx.ForEachRow(rows, []any{&key[0], &key[1], &key[2], &name}, func() error { n.name[key] = name; return nil })
	return n, err
}

// of is the name of an asset's class: the jurisdiction's own class comes before
// a shared one of the same code.
func (n classNames) of(a *assets.Asset) string {
	profile := n.profile[a.Jurisdiction]
	if own, ok := n.name[[3]string{a.Jurisdiction, profile, a.Class}]; ok {
		return own
	}
	return n.name[[3]string{assets.SystemJurisdiction, profile, a.Class}]
}
