package postgis

import (
	"bytes"
	"context"
	"errors"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"streetbook/assets"
)

// ImportJob is a stream of rows of one class from one source.
type ImportJob struct {
	Jurisdiction string
	Class        string
	Source       string
	DryRun       bool // everything is checked, nothing is kept
	// Refuse is told of every row that is not taken, and why.
	Refuse func(row int, fault *assets.Error)
	// Progress is told how many rows have been dealt with, now and then.
	Progress func(rows int64)
}

// importBatch is how many rows travel together: large enough to hide the round
// trip, small enough that a handful of batches fits into a few megabytes.
const importBatch = 4000

// errDryRun rolls a dry run back.
var errDryRun = errors.New("dry run")

// Import adds the rows to the registry in one transaction: all that are right,
// or, if anything fails on the way, none. A row whose source id is known is
// never added twice: with the same values it counts as unchanged, with others it
// is refused, because a file must not undo what people did since. Other writers
// to the jurisdiction wait until the import is done; readers do not.
//
// Rows are prepared in one goroutine while the batch before is being copied, so
// that this program and the database work at the same time.
func (s *Store) Import(ctx context.Context, w Write, job ImportJob, rows iter.Seq2[assets.Incoming, error]) (assets.ImportOutcome, error) {
	var out assets.ImportOutcome
	locator, err := s.Locator(ctx, job.Jurisdiction)
	if err != nil {
		return out, err
	}
	var l *ledger
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The limits of an interactive statement are not those of a bulk load.
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`); err != nil {
			return err
		}
		if l, err = openLedger(ctx, tx, w, job.Jurisdiction); err != nil {
			return err
		}
		im := &importer{store: s, job: job, ledger: l, locator: locator, out: &out}
		if err := im.open(ctx); err != nil {
			return err
		}
		if err := im.run(ctx, rows); err != nil {
			return err
		}
		return im.close(ctx)
	})
	if errors.Is(err, errDryRun) {
		return out, nil
	}
	if err != nil {
		return assets.ImportOutcome{}, explain(err)
	}
	s.commits.note(job.Jurisdiction, l.seq)
	if out.Added > 10*importBatch { // the planner must not work with the figures of an empty table
		_, err = s.pool.Exec(ctx, `analyze asset`)
	}
	return out, err
}

// importer is the state of one import.
type importer struct {
	store   *Store
	job     ImportJob
	ledger  *ledger
	locator *assets.Locator
	codes   *codes
	known   bool // the registry has rows of this source already
	out     *assets.ImportOutcome
	done    int64
}

func (im *importer) open(ctx context.Context) (err error) {
	if im.codes, err = openCodes(ctx, im.ledger); err != nil {
		return err
	}
	if err := im.codes.open(ctx, im.ledger, im.job.Class); err != nil {
		return err
	}
	return im.ledger.tx.QueryRow(ctx, `select exists (select from asset where jurisdiction = $1 and source = $2 and source_id <> '')`,
		im.job.Jurisdiction, im.job.Source).Scan(&im.known)
}

// parcel is a batch that is ready to be copied.
type parcel struct {
	assets  []assets.Asset
	changes []assets.Change
}

func (im *importer) run(ctx context.Context, rows iter.Seq2[assets.Incoming, error]) error {
	g, ctx := errgroup.WithContext(ctx)
	parcels := make(chan parcel, 1)
	g.Go(func() error {
		defer close(parcels)
		return im.prepare(ctx, rows, parcels)
	})
	g.Go(func() error {
		for p := range parcels {
			if err := im.copy(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// prepare reads rows and sends parcels. It alone moves the head of the chain.
func (im *importer) prepare(ctx context.Context, rows iter.Seq2[assets.Incoming, error], parcels chan<- parcel) error {
	batch := make([]assets.Incoming, 0, importBatch)
	send := func() error {
		p, err := im.pack(ctx, batch)
		if err != nil {
			return err
		}
		im.done += int64(len(batch))
		batch = batch[:0]
		select {
		case parcels <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
		if im.job.Progress != nil {
			im.job.Progress(im.done)
		}
		return nil
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) == importBatch {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// pack turns rows into assets with id, code and place, and their changes.
func (im *importer) pack(ctx context.Context, batch []assets.Incoming) (parcel, error) {
	existing, err := im.existing(ctx, batch)
	if err != nil {
		return parcel{}, err
	}
	p := parcel{assets: make([]assets.Asset, 0, len(batch)), changes: make([]assets.Change, 0, len(batch))}
	for _, in := range batch {
		a := in.Asset
		if old, ok := existing[a.SourceID]; ok && a.SourceID != "" {
			im.compare(in, old)
			continue
		}
		if err := assetNoun.found(&a, im.job.Jurisdiction, im.ledger.at); err != nil {
			if fault := firstFault(err); fault != nil {
				im.job.Refuse(in.Row, fault)
				continue
			}
			return p, err
		}
		if !im.codes.keep(a) {
			im.job.Refuse(in.Row, assets.Errorf(assets.Conflict, "code", "编码 %s 已被占用", "the code %s is taken", a.Code))
			continue
		}
		im.codes.give(&a)
		a.Place = im.locator.Place(a.Geometry)
		after, err := assetNoun.record(&a)
		if err != nil {
			return p, err
		}
		l := im.ledger
		l.seq++
		c := assets.Change{Jurisdiction: l.jurisdiction, Seq: l.seq, At: l.at, Actor: l.write.Actor, Op: l.write.Op,
			Noun: assetNoun.name, ID: a.ID, Version: 1, Kind: assets.KindCreate, After: after}
		c.Hash = l.chain.Hash(l.hash, &c)
		l.hash = c.Hash
		p.assets, p.changes = append(p.assets, a), append(p.changes, c)
	}
	return p, nil
}

// existing finds the assets that the registry has under the batch's source ids.
// It may use another connection: nobody else can write to the jurisdiction.
func (im *importer) existing(ctx context.Context, batch []assets.Incoming) (map[string]*assets.Asset, error) {
	if !im.known || len(batch) == 0 {
		return nil, nil
	}
	ids := make([]string, len(batch))
	for i := range batch {
		ids[i] = batch[i].Asset.SourceID
	}
	rows, err := im.store.pool.Query(ctx, assetFields+` asset where jurisdiction = $1 and source = $2 and source_id = any($3) and source_id <> ''`,
		im.job.Jurisdiction, im.job.Source, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[string]*assets.Asset, len(batch))
	for rows.Next() {
		a := new(assets.Asset)
		if err := scanAsset(rows, a); err != nil {
			return nil, err
		}
		found[a.SourceID] = a
	}
	return found, rows.Err()
}

// compare deals with a row whose source id is known.
func (im *importer) compare(in assets.Incoming, old *assets.Asset) {
	if field := difference(in.Asset, *old); field != "" {
		im.job.Refuse(in.Row, assets.Errorf(assets.Conflict, field,
			"来源编号 %s 已在库中且内容不同；导入不覆盖已有记录", "the source id %s is in the registry with another value; an import does not overwrite", in.Asset.SourceID))
		return
	}
	im.out.Unchanged++
}

// difference names the first member in which a row differs from what is kept,
// among those that a row can bring.
func difference(in, old assets.Asset) string {
	switch {
	case in.Class != old.Class:
		return "class"
	case in.Code != "" && in.Code != old.Code:
		return "code"
	case in.Name != old.Name:
		return "name"
	case in.Status != old.Status:
		return "status"
	case in.Condition != old.Condition:
		return "condition"
	case in.InstalledOn != old.InstalledOn:
		return "installed_on"
	case !orb.Equal(in.Geometry, old.Geometry):
		return "geometry"
	case len(in.Attributes) > 0 && !bytes.Equal(in.Attributes, old.Attributes):
		return "attributes"
	}
	return ""
}

// copy sends a parcel to the database.
func (im *importer) copy(ctx context.Context, p parcel) error {
	im.out.Added += int64(len(p.assets))
	if im.job.DryRun || len(p.assets) == 0 {
		return nil
	}
	rows := &rowSource[assets.Asset]{items: p.assets, row: assetNoun.row}
	if _, err := im.ledger.tx.CopyFrom(ctx, pgx.Identifier{"asset"}, assetNoun.columns, rows); err != nil {
		return err
	}
	_, err := im.ledger.tx.CopyFrom(ctx, pgx.Identifier{"change"}, changeColumns, &rowSource[assets.Change]{items: p.changes, row: changeRow})
	return err
}

func (im *importer) close(ctx context.Context) error {
	im.out.WithoutCode = im.codes.missing
	if im.job.DryRun {
		return errDryRun
	}
	if err := im.codes.close(ctx, im.ledger); err != nil {
		return err
	}
	sum, err := bodySum(im.job.Source)
	if err != nil {
		return err
	}
	return im.ledger.close(ctx, sum)
}

// firstFault returns the first fault of the domain in err, or nil.
func firstFault(err error) *assets.Error {
	var list assets.Errors
	if errors.As(err, &list) && len(list) > 0 {
		return list[0]
	}
	var fault *assets.Error
	if errors.As(err, &fault) {
		return fault
	}
	return nil
}

// rowSource feeds values to COPY.
type rowSource[T any] struct {
	items []T
	row   func(*T) []any
	next  int
}

func (s *rowSource[T]) Next() bool             { s.next++; return s.next <= len(s.items) }
func (s *rowSource[T]) Values() ([]any, error) { return s.row(&s.items[s.next-1]), nil }
func (s *rowSource[T]) Err() error             { return nil }
