package postgis

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

var photoNoun = noun[assets.Photo]{
	name:  "photo",
	table: "photo",
	columns: []string{"jurisdiction", "id", "noun", "object", "sha256", "size", "media_type", "taken_at", "caption", "original", "original_of", "position", "accuracy_m", "actor",
		"width", "height", "stored_at", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, noun, object, sha256, size, media_type, taken_at, caption, original, original_of, position, accuracy_m, actor,
		width, height, stored_at from`,
	head: func(p *assets.Photo) *assets.Header { return &p.Header },
	prepare: func(p *assets.Photo) error {
		if p.Position != nil {
			if err := geo.Validate(*p.Position); err != nil {
				return err
			}
		}
		return p.Validate()
	},
	row: func(p *assets.Photo) []any {
		return []any{p.Jurisdiction, p.ID, p.Noun, p.Object, p.SHA256, p.Size, p.MediaType, p.TakenAt, p.Caption, p.Original, p.OriginalOf, pointOrNull(p.Position), p.AccuracyM, p.Actor,
			p.Width, p.Height, p.StoredAt, p.Version, p.UpdatedAt}
	},
	scan: scanPhoto,
}

func scanPhoto(row scanner, p *assets.Photo) error {
	var g orb.Geometry
	err := row.Scan(&p.Jurisdiction, &p.ID, &p.Version, &p.UpdatedAt, &p.Noun, &p.Object, &p.SHA256, &p.Size, &p.MediaType, &p.TakenAt, &p.Caption, &p.Original, &p.OriginalOf, &g, &p.AccuracyM, &p.Actor,
		&p.Width, &p.Height, &p.StoredAt)
	p.Position = pointIn(g)
	return err
}

// AddPhoto announces a photo, or finds the one of the same bytes at the same
// object. made is false for one that is known.
func (s *Store) AddPhoto(ctx context.Context, w Write, jurisdiction string, p assets.Photo) (kept assets.Photo, made bool, err error) {
	p.Actor = w.Actor
	receipts, err := s.write(ctx, w, jurisdiction, nil, func(l *ledger) error {
		if err := photoNoun.prepare(&p); err != nil {
			return err
		}
		had, err := loadWhere(ctx, l.tx, photoNoun, photoNoun.table, `jurisdiction = $1 and (id = $2 or deleted_at is null and noun = $3 and object = $4 and sha256 = $5) order by id = $2 desc limit 1`,
			jurisdiction, p.ID, p.Noun, p.Object, p.SHA256)
		if err == nil {
			kept = had.value
			return l.samePhoto(had, p)
		}
		if assets.ErrorCode(err) != assets.NotFound {
			return err
		}
		if err := l.photographed(ctx, p); err != nil {
			return err
		}
		list := []assets.Photo{p}
		err = createIn(ctx, l, photoNoun, list)
		kept, made = list[0], true
		return err
	})
	if err != nil {
		return kept, false, err
	}
	return kept, made, settled(ctx, s, photoNoun, jurisdiction, receipts, &kept)
}

// photographed demands that what a photo is of is there and, if it is an original,
// so is the copy that it follows.
func (l *ledger) photographed(ctx context.Context, p assets.Photo) error {
	if err := l.living(ctx, p.Noun, p.Object); err != nil || p.OriginalOf == nil {
		return err
	}
	small, err := load(ctx, l, photoNoun, *p.OriginalOf)
	switch {
	case assets.ErrorCode(err) == assets.NotFound:
		return notYet("original_of")
	case err == nil && small.deleted:
		return assets.Errorf(assets.Gone, "original_of", "此照片已被删除", "this photo was deleted")
	case err == nil && (small.value.OriginalOf != nil || small.value.Noun != p.Noun || small.value.Object != p.Object):
		return assets.Errorf(assets.Invalid, "original_of", "应为同一对象的照片", "must be a photo of the same object")
	}
	return err
}

// applyPhoto links a photo that a phone announces, or unlinks one with its
// original. One that is linked already, by its announcement, stays.
func (l *ledger) applyPhoto(ctx context.Context, o Operation) (version int, err error) {
	if had, err := load(ctx, l, photoNoun, o.ID); err == nil && o.Kind == assets.KindCreate && l.samePhoto(had, o.Photo) == nil {
		return had.value.Version, nil
	}
	version, err = applyRecord(ctx, l, photoNoun, o, o.Photo, func() error { return l.photographed(ctx, o.Photo) })
	if err != nil || o.Kind != assets.KindDelete {
		return version, err
	}
	original, err := loadWhere(ctx, l.tx, photoNoun, photoNoun.table, `jurisdiction = $1 and original_of = $2 and deleted_at is null`, l.jurisdiction, o.ID)
	if err == nil {
		_, err = erase(ctx, l, photoNoun, original.value.ID, assets.AnyVersion)
	}
	if assets.ErrorCode(err) == assets.NotFound {
		err = nil
	}
	return version, err
}

// samePhoto demands that a photo which is known is the one that is meant.
func (l *ledger) samePhoto(had present[assets.Photo], p assets.Photo) error {
	switch {
	case had.deleted:
		return assets.Errorf(assets.Gone, "photo", "此照片已被删除", "this photo was deleted")
	case had.value.SHA256 != p.SHA256 || had.value.Noun != p.Noun || had.value.Object != p.Object || had.value.Size != p.Size:
		return assets.Errorf(assets.Conflict, "photo", "此 id 已是另一张照片", "this id is another photo")
	}
	return nil
}

// PhotoStored notes that the bytes of a photo are there, and what they tell: where
// it was taken, if the one who sent it did not say so. It returns the photo as it
// is now; one that was noted already stays as it is.
func (s *Store) PhotoStored(ctx context.Context, jurisdiction string, id uuid.UUID, f assets.PhotoFacts) (p assets.Photo, err error) {
	w, err := NewWrite("streetbook")
	if err != nil {
		return p, err
	}
	err = s.record(ctx, w, jurisdiction, id, func(l *ledger) error {
		p, err = revise(ctx, l, photoNoun, id, assets.AnyVersion, func(p *assets.Photo) error {
			if p.StoredAt == nil {
				at := l.at
				p.StoredAt, p.Width, p.Height = &at, f.Width, f.Height
				if p.Position == nil {
					p.Position = f.Place
				}
			}
			return nil
		})
		return err
	})
	return p, err
}

// Photo returns a photo in a scope.
func (s *Store) Photo(ctx context.Context, scope assets.Scope, id uuid.UUID) (p assets.Photo, err error) {
	err = scanPhoto(s.pool.QueryRow(ctx, photoNoun.selects+` photo where jurisdiction = any(array(select code from jurisdiction)) and id = $1 and deleted_at is null`, id), &p)
	if none(err) || err == nil && !scope.Has(p.Jurisdiction) {
		return assets.Photo{}, notFound(photoNoun.name)
	}
	return p, err
}

// PhotoQuery selects photos in a scope; what is empty selects nothing away.
type PhotoQuery struct {
	Scope        assets.Scope
	Jurisdiction string
	Noun         string
	Object       uuid.UUID
	SHA256       string
	StoredOnly   bool
	Originals    bool     // also those that follow a smaller copy
	Nouns        []string // only of these; nil: all
	Limit        int
}

// Photos lists photos in the order of ids.
func (s *Store) Photos(ctx context.Context, q PhotoQuery) ([]assets.Photo, error) {
	c := &conditions{}
	c.add("deleted_at is null")
	if q.Jurisdiction != "" {
		c.add("jurisdiction = " + c.arg(q.Jurisdiction))
	} else {
		c.add("jurisdiction = any(array(select code from jurisdiction))")
	}
	if !q.Scope.All() {
		c.add("jurisdiction = any(" + c.arg(q.Scope.List()) + ")")
	}
	if q.Noun != "" {
		c.add("noun = " + c.arg(q.Noun))
	}
	if q.Object != uuid.Nil {
		c.add("object = " + c.arg(q.Object))
	}
	if q.Nouns != nil {
		c.add("noun = any(" + c.arg(q.Nouns) + ")")
	}
	if q.SHA256 != "" {
		c.add("sha256 = " + c.arg(q.SHA256))
	}
	if !q.Originals {
		c.add("original_of is null")
	}
	if q.StoredOnly {
		c.add("stored_at is not null")
	}
	rows, err := s.pool.Query(ctx, photoNoun.selects+" photo"+c.where()+" order by jurisdiction, id limit "+c.arg(q.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p assets.Photo, err error) {
		err = scanPhoto(row, &p)
		return p, err
	})
}

// OriginalsOf are the originals of photos of a scope, by the copies that they follow.
func (s *Store) OriginalsOf(ctx context.Context, scope assets.Scope, copies []uuid.UUID) (map[uuid.UUID]assets.Photo, error) {
	rows, err := s.pool.Query(ctx, photoNoun.selects+` photo where jurisdiction = any(array(select code from jurisdiction)) and original_of = any($1) and deleted_at is null`, copies)
	if err != nil {
		return nil, err
	}
	by := map[uuid.UUID]assets.Photo{}
	defer rows.Close()
	for rows.Next() {
		var p assets.Photo
		if err := scanPhoto(rows, &p); err != nil {
			return nil, err
		}
		if scope.Has(p.Jurisdiction) {
			by[*p.OriginalOf] = p
		}
	}
	return by, rows.Err()
}

// BlobSince says since when the bytes of a photo are known by another one of its
// jurisdiction, nil if they are not. Whoever has not seen a photo of elsewhere does
// not get it for its sum.
func (s *Store) BlobSince(ctx context.Context, p assets.Photo) (since *time.Time, f assets.PhotoFacts, err error) {
	err = s.pool.QueryRow(ctx, `select stored_at, width, height from photo where jurisdiction = $1 and sha256 = $2 and size = $3 and stored_at is not null order by stored_at limit 1`, p.Jurisdiction, p.SHA256, p.Size).
		Scan(&since, &f.Width, &f.Height)
	if none(err) {
		err = nil
	}
	return since, f, err
}

// ObjectPlace is the jurisdiction of what a photo may be of, in a scope, also of
// what was deleted: that is another answer than what has not arrived.
func (s *Store) ObjectPlace(ctx context.Context, scope assets.Scope, noun string, id uuid.UUID) (jurisdiction string, err error) {
	// noun is one of assets.PhotoNouns: it was checked.
	err = s.pool.QueryRow(ctx, `select jurisdiction from `+pgx.Identifier{noun}.Sanitize()+` where jurisdiction = any(array(select code from jurisdiction)) and id = $1`, id).Scan(&jurisdiction)
	if none(err) || err == nil && !scope.Has(jurisdiction) {
		return "", notFound(noun)
	}
	return jurisdiction, err
}
