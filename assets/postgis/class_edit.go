package postgis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"streetbook/assets"
)

// AddClass stores a class of a jurisdiction's own under the next free code,
// counting down from 99 in its major class as local extensions do. A code that
// any class of the profile ever had, shared or not, is not given out again.
func (s *Store) AddClass(ctx context.Context, w Write, jurisdiction, major string, c *assets.Class) error {
	j, err := s.Jurisdiction(ctx, jurisdiction)
	if err != nil {
		return err
	}
	c.Profile, c.Local = j.Profile, true
	receipts, err := s.write(ctx, w, jurisdiction, c, func(l *ledger) error {
		if err := l.majorOf(ctx, major, c); err != nil {
			return err
		}
		list := []assets.Class{*c}
		err := createIn(ctx, l, classNoun, list)
		*c = list[0]
		return err
	})
	if err != nil {
		return err
	}
	return settled(ctx, s, classNoun, jurisdiction, receipts, c)
}

// majorOf gives a new class its code, and the names of its major class where it
// does not bring them.
func (l *ledger) majorOf(ctx context.Context, major string, c *assets.Class) error {
	type row struct{ Code, MajorName, MajorNameEN string }
	taken, err := collect[row](ctx, l.tx, `select code, major_name, major_name_en from class where jurisdiction = any($1) and profile = $2 and left(code, 2) = $3`,
		[]string{assets.SystemJurisdiction, l.jurisdiction}, c.Profile, major)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, t := range taken {
		used[t.Code] = true
		if c.MajorName == "" {
			c.MajorName, c.MajorNameEN = t.MajorName, t.MajorNameEN
		}
	}
	if c.MajorName == "" {
		return assets.Errorf(assets.Invalid, "major", "目录中没有大类“%s”", "the catalogue has no major class %q", major)
	}
	for minor := 99; minor > 0; minor-- {
		if c.Code = fmt.Sprintf("%s%02d", major, minor); !used[c.Code] {
			return nil
		}
	}
	return assets.Errorf(assets.Conflict, "major", "大类 %s 的编码已用完", "the codes of the major class %s are used up", major)
}

// ClassPlace is the jurisdiction that a class belongs to, shared ones included.
func (s *Store) ClassPlace(ctx context.Context, scope assets.Scope, id uuid.UUID) (string, error) {
	place, err := s.placeOf(ctx, assets.Everything, classNoun.table, id)
	if err == nil && place != assets.SystemJurisdiction && !scope.Has(place) {
		err = notFound(classNoun.name)
	}
	return place, err
}

// ReviseClass changes a class by fn and returns it. Its code and profile stay;
// a change that records in use do not fit is refused, saying how many.
func (s *Store) ReviseClass(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match, fn func(*assets.Class) error) (c assets.Class, err error) {
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		c, err = revise(ctx, l, classNoun, id, match, func(c *assets.Class) error {
			before := *c
			if err := fn(c); err != nil {
				return err
			}
			c.Code, c.Profile, c.Local = before.Code, before.Profile, before.Local
			return l.fitsRecords(ctx, before, *c)
		})
		return err
	})
	if err != nil {
		return c, err
	}
	return c, settled(ctx, s, classNoun, jurisdiction, receipts, &c)
}

// DeleteClass takes a class from the catalogue, unless living assets are of it.
func (s *Store) DeleteClass(ctx context.Context, w Write, jurisdiction string, id uuid.UUID, match assets.Match) error {
	return s.record(ctx, w, jurisdiction, nil, func(l *ledger) error {
		p, err := load(ctx, l, classNoun, id)
		if err != nil {
			return err
		}
		n, err := l.assetsOf(ctx, p.value)
		if err != nil {
			return err
		}
		if n > 0 {
			return assets.Errorf(assets.Conflict, "class", "有 %d 个设施属于此类别", "%d assets are of this class", n)
		}
		_, err = erase(ctx, l, classNoun, id, match)
		return err
	})
}

// used selects the living assets for which a class counts: those of its own
// jurisdiction, or, for a shared class, of every one of its profile.
const used = ` from asset a join jurisdiction j on j.code = a.jurisdiction and j.profile = $2
	where a.class = $3 and a.deleted_at is null and ($1 = '` + assets.SystemJurisdiction + `' or a.jurisdiction = $1)`

func (l *ledger) assetsOf(ctx context.Context, c assets.Class) (n int64, err error) {
	err = l.tx.QueryRow(ctx, `select count(*)`+used, l.jurisdiction, c.Profile, c.Code).Scan(&n)
	return n, err
}

// fitsRecords refuses what would make existing records wrong: another geometry,
// or a field whose kind, range or choices their values do not fit.
func (l *ledger) fitsRecords(ctx context.Context, before, after assets.Class) error {
	if before.Geometry != after.Geometry {
		n, err := l.assetsOf(ctx, before)
		if err != nil {
			return err
		}
		if n > 0 {
			return assets.Errorf(assets.Conflict, "geometry", "有 %d 个设施属于此类别，几何类型不能改", "%d assets are of this class: its kind of geometry cannot change", n)
		}
	}
	var faults assets.Errors
	for _, f := range after.Fields {
		n, err := l.misfits(ctx, after, f)
		if err != nil {
			return err
		}
		if n > 0 {
			faults = append(faults, assets.Errorf(assets.Conflict, "fields."+f.Key, "有 %d 个设施的现有值不符合新的定义", "%d assets have values that do not fit", n))
		}
	}
	return faults.Err()
}

// misfits counts the assets whose value of a field does not fit it.
func (l *ledger) misfits(ctx context.Context, c assets.Class, f assets.Field) (misfits int64, err error) {
	type row struct {
		Value json.RawMessage
		N     int64
	}
	values, err := collect[row](ctx, l.tx, `select value::json, count(*) as n from (select (a.attributes -> $4)::text as value`+used+`) v where value is not null group by value`,
		l.jurisdiction, c.Profile, c.Code, f.Key)
	for _, v := range values {
		if !f.Accepts(v.Value) {
			misfits += v.N
		}
	}
	return misfits, err
}
