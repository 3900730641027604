package postgis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Operation is one thing that a phone did and now sends.
type Operation struct {
	Op, Device   uuid.UUID
	Actor        string
	Jurisdiction string
	Noun         string
	ID           uuid.UUID
	Kind         string
	Base         int       // the version it was made from; 0 if it says none
	Epoch        uuid.UUID // the life of the registry that told that version; the nil UUID if it says none
	After        uuid.UUID // the operation that must be known before this one; the nil UUID if none
	At           time.Time // as the phone says it
	Body         []byte    // what identifies it: the same op with another body is refused
	// Lay lays what was said over an asset, Was what the phone had seen before: its
	// base with its own changes that were on their way; nil if that is its base. Saw
	// are the fields that Was says. The others are objects as they were said.
	Lay, Was   func(*assets.Asset) error
	Saw        []string
	Inspection assets.Inspection
	Walk       assets.Walk
	Photo      assets.Photo
}

// Sync applies one operation in a transaction of its own, or answers one that is
// known as it was answered the first time. One that is refused is an error and
// leaves no trace.
func (s *Store) Sync(ctx context.Context, o Operation) (out assets.Synced, err error) {
	sum := sha256.Sum256(o.Body)
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		l, err := openLedger(ctx, tx, Write{Op: o.Op, Actor: o.Actor}, o.Jurisdiction)
		if err != nil {
			return err
		}
		known, err := l.answered(ctx, sum[:], &out)
		if known || err != nil {
			return err
		}
		if err := l.follows(ctx, o.After); err != nil {
			return err
		}
		out = assets.Synced{Op: o.Op, Outcome: assets.OutcomeApplied, Noun: o.Noun, ID: o.ID, At: o.At, ReceivedAt: l.at}
		if err := l.apply(ctx, o, &out); err != nil {
			return err
		}
		out.Seq = l.seq
		if l.answer, err = marshal(out); err != nil {
			return err
		}
		return l.close(ctx, sum[:])
	})
	switch {
	case err == nil:
		s.commits.note(o.Jurisdiction, out.Seq)
		return out, nil
	case IsOverload(err): // an import holds the jurisdiction: the phone tries again
		return out, err
	}
	return out, explain(err)
}

// answered fills in the answer of an operation that is known.
func (l *ledger) answered(ctx context.Context, sum []byte, out *assets.Synced) (bool, error) {
	var had, answer []byte
	err := l.tx.QueryRow(ctx, `select body_sha256, answer::text from operation where jurisdiction = $1 and op = $2`, l.jurisdiction, l.write.Op).Scan(&had, &answer)
	if none(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !bytes.Equal(had, sum) || answer == nil {
		return false, assets.Errorf(assets.Reused, "op", "此操作号已用于另一内容", "this op was used for another body")
	}
	err = json.Unmarshal(answer, out)
	out.Outcome = assets.OutcomeAlready
	return true, err
}

// follows demands that an operation is known.
func (l *ledger) follows(ctx context.Context, op uuid.UUID) error {
	if op == uuid.Nil {
		return nil
	}
	var known bool
	err := l.tx.QueryRow(ctx, `select exists (select from operation where jurisdiction = $1 and op = $2)`, l.jurisdiction, op).Scan(&known)
	if err == nil && !known {
		err = notYet("after")
	}
	return err
}

func (l *ledger) apply(ctx context.Context, o Operation, out *assets.Synced) (err error) {
	switch o.Noun {
	case assetNoun.name:
		return l.applyAsset(ctx, o, out)
	case inspectionNoun.name:
		o.Inspection.At, o.Inspection.Actor = o.At, o.Actor
		out.Version, err = applyRecord(ctx, l, inspectionNoun, o, o.Inspection, func() error { return l.living(ctx, assetNoun.name, o.Inspection.Asset) })
	case walkNoun.name:
		o.Walk.Actor = o.Actor
		out.Version, err = applyRecord(ctx, l, walkNoun, o, o.Walk, func() error { return l.walkedSegments(ctx, o.Walk) })
	case photoNoun.name:
		o.Photo.Actor = o.Actor
		out.Version, err = l.applyPhoto(ctx, o)
	default:
		err = assets.Errorf(assets.Invalid, "noun", "没有“%s”这种对象", "there is no noun %q", o.Noun)
	}
	return err
}

func (l *ledger) applyAsset(ctx context.Context, o Operation, out *assets.Synced) error {
	p, err := load(ctx, l, assetNoun, o.ID)
	missing := assets.ErrorCode(err) == assets.NotFound
	if err != nil && !missing {
		return err
	}
	switch {
	case o.Kind == assets.KindCreate && missing:
		return l.syncCreate(ctx, o, out)
	case o.Kind == assets.KindCreate && p.deleted:
		return assets.Errorf(assets.Gone, "id", "此对象已被删除", "this object was deleted")
	case o.Kind == assets.KindCreate:
		return assets.Errorf(assets.Conflict, "id", "此 id 已存在", "this id exists already")
	case missing:
		return notYet("id")
	}
	lost, err := l.elsewhere(ctx, o)
	switch {
	case err != nil:
		return err
	case o.Base > p.value.Version && !lost:
		return notYet("id")
	case o.Kind == assets.KindRestore && p.deleted:
		if err := l.revive(ctx, o.ID); err != nil {
			return err
		}
		back, err := load(ctx, l, assetNoun, o.ID)
		out.Version, out.Code = back.value.Version, back.value.Code
		return err
	case o.Base < 1:
		return assets.Errorf(assets.Invalid, "base", "须给出所依据的版本", "the version it was made from is required")
	}
	out.Version, out.Code = p.value.Version, p.value.Code
	base, err := l.foundation(ctx, p, o, lost)
	if err != nil {
		return err
	}
	if base.lost {
		o.Base = 0
	}
	if o.Kind == assets.KindDelete {
		return l.syncDelete(ctx, o, p, base, out)
	}
	mine := base.Asset
	if err := o.Lay(&mine); err != nil {
		return err
	}
	if p.deleted {
		return l.disputeGone(ctx, o, base.Asset, mine, out)
	}
	return l.syncUpdate(ctx, o, base, p.value, mine, out)
}

// foundation is what an edit was made from. A version of a history that is no
// more is not there: then only those fields are known that the edit says it saw,
// and the rest stands as it is now.
type foundation struct {
	assets.Asset
	lost  bool
	known func(field string) bool // nil: all
}

func (l *ledger) foundation(ctx context.Context, p present[assets.Asset], o Operation, lost bool) (f foundation, err error) {
	f.lost = lost
	if lost {
		f.Asset, f.known = p.value, func(field string) bool { return slices.Contains(o.Saw, field) }
	} else if f.Asset, err = l.version(ctx, p, o.Base); err != nil {
		return f, err
	}
	if o.Was != nil {
		err = o.Was(&f.Asset)
	}
	return f, err
}

// version is what an asset was in a version.
func (l *ledger) version(ctx context.Context, now present[assets.Asset], version int) (assets.Asset, error) {
	if version == now.value.Version { // the row of a deleted one is its last living version but for the number
		return now.value, nil
	}
	old, err := loadVersion(ctx, l, assetNoun, now.value.ID, version)
	return old.value, err
}

func (l *ledger) syncCreate(ctx context.Context, o Operation, out *assets.Synced) error {
	a := assets.Asset{Header: assets.Header{ID: o.ID}}
	if err := o.Lay(&a); err != nil {
		return err
	}
	class, err := l.class(ctx, a.Class)
	if err != nil {
		return err
	}
	if class.RadiusM > 0 && a.Geometry != nil {
		var near *assets.Duplicate
		if err := l.twins(ctx, class, a); errors.As(err, &near) {
			out.Twins = near.Candidates
		} else if err != nil {
			return err
		}
	}
	if err := l.createAsset(ctx, &a, true); err != nil {
		return err
	}
	out.Version, out.Code = 1, a.Code
	return nil
}

func (l *ledger) syncUpdate(ctx context.Context, o Operation, base foundation, now, mine assets.Asset, out *assets.Synced) error {
	after, merged, clashes, err := assets.MergeAsset(base.Asset, now, mine, base.known)
	if err != nil {
		return err
	}
	if len(merged) > 0 {
		if err := l.derive(ctx, now, &after); err != nil {
			return err
		}
		if err := save(ctx, l, assetNoun, now, &after, assets.KindUpdate); err != nil {
			return err
		}
		out.Version, out.Code = after.Version, after.Code
	}
	switch {
	case len(clashes) > 0:
		return l.dispute(ctx, o, assets.ClashFields, clashes, merged, out)
	case base.lost || base.Version != now.Version:
		out.Outcome, out.Merged = assets.OutcomeMerged, merged
	}
	return nil
}

// syncDelete deletes what nobody changed since; otherwise, or where nobody can
// say, that is for people to decide. What is deleted already stays so.
func (l *ledger) syncDelete(ctx context.Context, o Operation, p present[assets.Asset], base foundation, out *assets.Synced) error {
	if p.deleted {
		return nil
	}
	if base.lost {
		base.Asset = assets.Asset{}
	}
	if changed := assets.Changed(base.Asset, p.value); len(changed) > 0 {
		for i := range changed {
			changed[i].Mine, changed[i].Theirs = changed[i].Theirs, changed[i].Mine
			if base.lost {
				changed[i].Base = changed[i].Mine // nobody can say
			}
		}
		return l.dispute(ctx, o, assets.ClashDeleteEdit, changed, nil, out)
	}
	a, err := erase(ctx, l, assetNoun, o.ID, assets.AnyVersion)
	out.Version = a.Version
	return err
}

// disputeGone keeps a change of what was deleted meanwhile.
func (l *ledger) disputeGone(ctx context.Context, o Operation, base, mine assets.Asset, out *assets.Synced) error {
	changed := assets.Changed(base, mine)
	if len(changed) == 0 {
		return nil
	}
	return l.dispute(ctx, o, assets.ClashEditDelete, changed, nil, out)
}

// dispute stores a conflict with both values.
func (l *ledger) dispute(ctx context.Context, o Operation, kind string, clashes []assets.Clash, merged []string, out *assets.Synced) error {
	fields, err := marshal(clashes)
	if err != nil {
		return err
	}
	id, err := newID(uuid.Nil)
	if err != nil {
		return err
	}
	if err := l.send(ctx); err != nil {
		return err
	}
	d := []assets.Dispute{{Header: assets.Header{ID: id}, Noun: o.Noun, Object: o.ID, Kind: kind, Op: o.Op, Device: o.Device, Actor: o.Actor, At: o.At, ReceivedAt: l.at, Base: o.Base, Fields: fields}}
	out.Outcome, out.Merged, out.Conflict = assets.OutcomeConflict, merged, &assets.Disputed{ID: id, Kind: kind, Fields: clashes}
	return createIn(ctx, l, disputeNoun, d)
}

// applyRecord creates or deletes an object that nobody changes afterwards.
func applyRecord[T any](ctx context.Context, l *ledger, n noun[T], o Operation, made T, check func() error) (version int, err error) {
	p, err := load(ctx, l, n, o.ID)
	missing := assets.ErrorCode(err) == assets.NotFound
	if err != nil && !missing {
		return 0, err
	}
	switch {
	case o.Kind == assets.KindDelete && missing:
		return 0, notYet("id")
	case o.Kind == assets.KindDelete && p.deleted:
		return n.head(&p.value).Version, nil
	case o.Kind == assets.KindDelete:
		t, err := erase(ctx, l, n, o.ID, assets.AnyVersion)
		return n.head(&t).Version, err
	case o.Kind != assets.KindCreate:
		return 0, assets.Errorf(assets.Invalid, "kind", "应为 create 或 delete", "must be create or delete")
	case p.deleted:
		return 0, assets.Errorf(assets.Gone, "id", "此对象已被删除", "this object was deleted")
	case !missing:
		return 0, assets.Errorf(assets.Conflict, "id", "此 id 已存在", "this id exists already")
	}
	*n.head(&made) = assets.Header{ID: o.ID}
	if err := n.prepare(&made); err != nil {
		return 0, err
	}
	if err := check(); err != nil {
		return 0, err
	}
	return 1, createIn(ctx, l, n, []T{made})
}

// living demands that an object is there: what has not arrived may come yet, what
// was deleted will not.
func (l *ledger) living(ctx context.Context, noun string, id uuid.UUID) error {
	var deleted bool
	// noun is one of assets.PhotoNouns: it was checked.
	err := l.tx.QueryRow(ctx, `select deleted_at is not null from `+pgx.Identifier{noun}.Sanitize()+` where jurisdiction = $1 and id = $2`, l.jurisdiction, id).Scan(&deleted)
	switch {
	case none(err):
		return notYet(noun)
	case err == nil && deleted:
		return assets.Errorf(assets.Gone, noun, "此对象已被删除", "this object was deleted")
	}
	return err
}

func notYet(field string) error {
	return assets.Errorf(assets.NotYet, field, "此对象尚未到达，请稍后按顺序重发", "this object has not arrived: send it again, in order, later")
}

// revive brings a deleted asset back as it was.
func (l *ledger) revive(ctx context.Context, id uuid.UUID) error {
	p, err := load(ctx, l, assetNoun, id)
	if err != nil || !p.deleted {
		return err
	}
	t := Target{Collection: assets.CollectionAssets, Jurisdiction: l.jurisdiction, ID: id, Match: assets.AnyVersion}
	if _, err := l.returnObject(ctx, t, p.value.Version-1); err != nil {
		return err
	}
	if err := l.settle(ctx); err != nil {
		return err
	}
	return l.send(ctx)
}
