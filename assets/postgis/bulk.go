package postgis

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"streetbook/assets"
)

// BulkJob is a bulk change to the assets that a query selects.
type BulkJob struct {
	Jurisdiction string
	IDs          []uuid.UUID // only these, where there are any
	Query        assets.Query
	Set          assets.Bulk
	Show         int   // how many before-and-afters are wanted
	Preview      bool  // everything is done, nothing is kept
	Base         int64 // what the writer saw: an asset changed since is a conflict; 0 means whatever is there
}

// Bulk changes assets in one operation: those that can take the change take it,
// the others are refused one by one and stay. A preview is the same work, rolled
// back.
func (s *Store) Bulk(ctx context.Context, w Write, job BulkJob) (out assets.BulkOutcome, err error) {
	job.Query.View = assets.View{Scope: assets.Only(job.Jurisdiction)}
	job.Query.Limit = assets.MaxBulk + 1
	_, err = s.write(ctx, w, job.Jurisdiction, job, func(l *ledger) error {
		if _, err := l.tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
			return err
		}
		list, err := l.bulkList(ctx, job)
		if err != nil {
			return err
		}
		out.Seq = l.seq
		if err := l.bulk(ctx, job, list, &out); err != nil {
			return err
		}
		if job.Preview {
			return errDryRun
		}
		out.Committed = true
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return out, err
}

// bulkList reads the assets that a bulk change is about.
func (l *ledger) bulkList(ctx context.Context, job BulkJob) (list []assets.Asset, err error) {
	c, err := selection(assets.CollectionAssets, job.Query)
	if err != nil {
		return nil, err
	}
	if len(job.IDs) > 0 {
		c.add("id = any(" + c.arg(job.IDs) + ")")
	}
	rows, err := l.tx.Query(ctx, assetNoun.selects+" "+c.from+c.where()+" order by id limit "+c.arg(job.Query.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a assets.Asset
		if err := scanAsset(rows, &a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	if len(list) > assets.MaxBulk {
		return nil, assets.Errorf(assets.TooLarge, "select", "一次最多修改 %d 个设施", "at most %d assets can be changed at once", assets.MaxBulk)
	}
	return list, rows.Err()
}

func (l *ledger) bulk(ctx context.Context, job BulkJob, list []assets.Asset, out *assets.BulkOutcome) error {
	if err := l.unchangedSince(ctx, job.Base, list); err != nil {
		return err
	}
	out.Matched = len(list)
	for _, before := range list {
		after, seq := before, l.seq
		err := job.Set.Apply(&after)
		if err == nil {
			err = l.derive(ctx, before, &after)
		}
		if err == nil {
			err = save(ctx, l, assetNoun, before, &after, assets.KindUpdate)
		}
		if fault := firstFault(err); fault != nil {
			out.Refused = append(out.Refused, assets.Refusal{ID: before.ID, Code: before.Code, Fault: fault})
			continue
		}
		if err != nil {
			return err
		}
		if l.seq == seq {
			continue
		}
		if out.Changed++; len(out.Before) < job.Show {
			out.Before, out.After = append(out.Before, before), append(out.After, after)
		}
	}
	return nil
}

// unchangedSince refuses to change assets that changed after the writer looked.
func (l *ledger) unchangedSince(ctx context.Context, base int64, list []assets.Asset) error {
	if base == 0 || base == l.seq {
		return nil
	}
	ids := make([]uuid.UUID, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	moved, err := collect[assets.ObjectRef](ctx, l.tx, `select distinct noun, id from change where jurisdiction = $1 and seq > $2 and id = any($3)`, l.jurisdiction, base, ids)
	if err == nil && len(moved) > 0 {
		err = &assets.MovedOn{Objects: moved}
	}
	return err
}
