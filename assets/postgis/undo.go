package postgis

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
)

// collectionOf each noun that can be undone.
var collectionOf = map[string]string{
	areaNoun.name:    assets.CollectionAreas,
	segmentNoun.name: assets.CollectionSegments,
	assetNoun.name:   assets.CollectionAssets,
}

// How many changes of one operation can be undone at once, and how many entries:
// these are reversed all together.
const (
	maxUndo     = 20000
	maxReversed = 200000
)

// Undo takes an operation back, as an operation of its own: what it created is
// deleted, what it changed or deleted becomes what it was. If any of its objects
// was changed since, nothing is done, and an assets.MovedOn says which.
func (s *Store) Undo(ctx context.Context, w Write, jurisdiction string, op uuid.UUID) (undone int, err error) {
	reversed := 0
	receipts, err := s.write(ctx, w, jurisdiction, op, func(l *ledger) error {
		done, err := collect[Receipt](ctx, l.tx, `select seq, noun, id, version, kind, at from change where jurisdiction = $1 and op = $2 and seq between
			(select first_seq from operation where jurisdiction = $1 and op = $2) and (select last_seq from operation where jurisdiction = $1 and op = $2)
			order by seq desc limit $3`, jurisdiction, op, maxReversed+maxUndo+1)
		if err != nil {
			return err
		}
		if len(done) == 0 {
			return assets.Errorf(assets.NotFound, "op", "没有这个操作", "there is no such operation")
		}
		undone = len(done)
		entries, others := booked(done)
		others = withoutPlacing(others)
		reversed = len(entries)
		if len(others) > maxUndo {
			return assets.Errorf(assets.TooLarge, "op", "一次最多撤销 %d 个更改", "at most %d changes can be undone at once", maxUndo)
		}
		if len(entries) > maxReversed {
			return assets.Errorf(assets.TooLarge, "op", "一次最多冲销 %d 条分录", "at most %d entries can be reversed at once", maxReversed)
		}
		return l.undo(ctx, entries, others)
	})
	if undone == 0 {
		undone = len(receipts)
	}
	if err == nil {
		err = s.learnEntries(ctx, reversed)
	}
	return undone, err
}

// booked tells the entries that an operation booked from its other changes.
func booked(done []Receipt) (entries []uuid.UUID, others []Receipt) {
	for _, r := range done {
		if r.Noun == entryNoun.name && r.Kind == assets.KindCreate {
			entries = append(entries, r.ID)
		} else {
			others = append(others, r)
		}
	}
	return entries, others
}

// withoutPlacing leaves out the assets that a split or a merge only placed anew: they
// are placed again where the streets are what they were, whatever else was done to
// them since.
func withoutPlacing(done []Receipt) []Receipt {
	if !slices.ContainsFunc(done, func(r Receipt) bool { return r.Noun == lineageNoun.name }) {
		return done
	}
	return slices.DeleteFunc(done, func(r Receipt) bool { return r.Noun == assetNoun.name })
}

// undo takes changes back, the last first. Entries of the ledger are never
// deleted: they are reversed. An object that the operation changed
// several times is brought back once, to what it was before the first of them.
func (l *ledger) undo(ctx context.Context, entries []uuid.UUID, done []Receipt) error {
	first := map[uuid.UUID]Receipt{}
	for _, r := range done {
		if collectionOf[r.Noun] == "" && r.Noun != lineageNoun.name {
			return assets.Errorf(assets.Conflict, "op", "“%s”的更改不能撤销", "a change of a %s cannot be undone", r.Noun)
		}
		first[r.ID] = r // the earliest stays: they come latest first
	}
	moved := &assets.MovedOn{}
	if err := l.undoEntries(ctx, entries, moved); err != nil {
		return err
	}
	seen := map[uuid.UUID]bool{}
	for _, r := range done {
		if seen[r.ID] {
			continue
		}
		seen[r.ID] = true
		err := l.undoOne(ctx, r, first[r.ID])
		if assets.ErrorCode(err) == assets.Stale {
			moved.Objects = append(moved.Objects, assets.ObjectRef{Noun: r.Noun, ID: r.ID})
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(moved.Objects) > 0 {
		return moved
	}
	return l.settle(ctx)
}

// undoOne brings one object back to before the first change of an operation,
// if it still is what the last one made of it.
func (l *ledger) undoOne(ctx context.Context, last, first Receipt) error {
	if last.Noun == lineageNoun.name {
		return l.undoLineage(ctx, last, first)
	}
	t := Target{Collection: collectionOf[last.Noun], Jurisdiction: l.jurisdiction, ID: last.ID, Match: assets.Version(last.Version)}
	var err error
	if first.Kind == assets.KindCreate || first.Kind == assets.KindRestore {
		if last.Kind == assets.KindDelete {
			return nil // made and deleted: there is nothing left of it
		}
		_, err = l.deleteObject(ctx, t)
	} else {
		_, err = l.returnObject(ctx, t, first.Version-1)
	}
	var fault *assets.Error
	if errors.As(err, &fault) && fault.Code == assets.NotFound { // deleted since
		return assets.Errorf(assets.Stale, "op", "对象已被删除", "the object was deleted since")
	}
	return err
}

// undoEntries reverses entries that an operation booked, in their order, on the
// day of the undo. Those that somebody reversed since have moved on.
func (l *ledger) undoEntries(ctx context.Context, ids []uuid.UUID, moved *assets.MovedOn) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := entriesWhere(ctx, l.tx, `jurisdiction = $1 and id = any($2) order by id`, l.jurisdiction, ids)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Reverses != nil || e.ReversedBy != nil {
			moved.Objects = append(moved.Objects, assets.ObjectRef{Noun: entryNoun.name, ID: e.ID})
		}
	}
	if len(moved.Objects) > 0 {
		return nil
	}
	_, err = l.reverseAll(ctx, list, l.at.In(china).Format(time.DateOnly), "撤销批次 / batch undone")
	return err
}

// OwnOperation reports whether an operation is an actor's own and changed
// nothing but assets. One that is not there is nobody's.
func (s *Store) OwnOperation(ctx context.Context, jurisdiction string, op uuid.UUID, actor string) (own bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from operation where jurisdiction = $1 and op = $2 and actor = $3) and not exists (
		select from operation o join change c on c.jurisdiction = o.jurisdiction and c.seq between o.first_seq and o.last_seq
		where o.jurisdiction = $1 and o.op = $2 and c.noun <> 'asset')`, jurisdiction, op, actor).Scan(&own)
	return own, err
}
