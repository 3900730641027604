package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// Epoch names the present life of the database. Another one than before says
// that it was restored: what came after may be lost, and is to be sent again.
func (s *Store) Epoch(ctx context.Context) (id uuid.UUID, err error) {
	err = s.pool.QueryRow(ctx, `select id from epoch where jurisdiction = $1 order by since desc, id limit 1`, assets.SystemJurisdiction).Scan(&id)
	return id, err
}

// NewEpoch begins another life of the database, unless was is no longer the
// present one: then somebody else just did. What the lives before share with it
// is not known. It is the last one whatever the clock says.
func (s *Store) NewEpoch(ctx context.Context, was uuid.UUID, reason string) (uuid.UUID, error) {
	return s.beginEpoch(ctx, was, reason, nil)
}

// ContinueEpoch is NewEpoch for a database to which nothing was written since it
// was restored: all that it holds is of the lives before, too.
func (s *Store) ContinueEpoch(ctx context.Context, was uuid.UUID, reason string) (uuid.UUID, error) {
	return s.beginEpoch(ctx, was, reason, func(tx pgx.Tx, id uuid.UUID) error {
		_, err := tx.Exec(ctx, `insert into epoch_head (jurisdiction, epoch, seq) select code, $1, seq from jurisdiction`, id)
		return err
	})
}

func (s *Store) beginEpoch(ctx context.Context, was uuid.UUID, reason string, note func(pgx.Tx, uuid.UUID) error) (id uuid.UUID, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table epoch in exclusive mode`); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `insert into epoch (jurisdiction, id, since, reason)
			select $1, gen_random_uuid(), greatest(clock_timestamp(), (select max(since) from epoch where jurisdiction = $1) + interval '1 microsecond'), $3
			where $2 = (select id from epoch where jurisdiction = $1 order by since desc, id limit 1) returning id`, assets.SystemJurisdiction, was, reason).Scan(&id)
		if err == nil && note != nil {
			err = note(tx, id)
		}
		return err
	})
	if err != nil && !none(err) {
		return id, err
	}
	return s.Epoch(ctx)
}

// Remembers reports whether an operation with a receipt stands where the receipt
// says. One that does not was given out by a database that is no more.
func (s *Store) Remembers(ctx context.Context, jurisdiction string, op uuid.UUID, seq int64) (bool, error) {
	var ok bool
	err := s.pool.QueryRow(ctx, `select exists (select from operation where jurisdiction = $1 and op = $2 and last_seq = $3)`, jurisdiction, op, seq).Scan(&ok)
	return ok, err
}

// elsewhere reports whether the version that an operation was made from is of
// another history: it was told by a life of the registry that this one does not
// know, or is here younger than the place from which a later life went on. A
// first version is the same in all, since its create comes from one phone.
func (l *ledger) elsewhere(ctx context.Context, o Operation) (bool, error) {
	if o.Epoch == uuid.Nil || o.Base <= 1 {
		return false, nil
	}
	type life struct{ ID uuid.UUID }
	since, err := collect[life](ctx, l.tx, `select id from epoch where jurisdiction = $1 and since >= (select since from epoch where jurisdiction = $1 and id = $2)`, assets.SystemJurisdiction, o.Epoch)
	if err != nil || len(since) == 0 {
		return true, err
	}
	var later []uuid.UUID
	for _, s := range since {
		if s.ID != o.Epoch {
			later = append(later, s.ID)
		}
	}
	if len(later) == 0 {
		return false, nil
	}
	var shared int
	err = l.tx.QueryRow(ctx, `select count(*) from epoch_head where jurisdiction = $1 and epoch = any($2)
		and seq >= (select seq from change where jurisdiction = $1 and noun = $3 and id = $4 and version = $5)`, l.jurisdiction, later, assetNoun.name, o.ID, o.Base).Scan(&shared)
	return shared < len(later), err
}
