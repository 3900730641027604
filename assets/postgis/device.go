package postgis

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"streetbook/assets"
)

// HearDevice notes what a phone says of itself in a jurisdiction.
func (s *Store) HearDevice(ctx context.Context, jurisdiction string, d assets.Device) error {
	_, err := s.pool.Exec(ctx, `insert into device (jurisdiction, id, account, name, app, unsent_ops, unsent_photos, oldest_unsent, seen_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
		on conflict (jurisdiction, id) do update set account = excluded.account, name = excluded.name, app = excluded.app, unsent_ops = excluded.unsent_ops,
			unsent_photos = excluded.unsent_photos, oldest_unsent = excluded.oldest_unsent, seen_at = excluded.seen_at`,
		jurisdiction, d.ID, d.Account, d.Name, d.App, d.UnsentOps, d.UnsentPhotos, d.OldestUnsent)
	return err
}

// Devices lists the phones of a jurisdiction, those first that hold something
// for the longest time.
func (s *Store) Devices(ctx context.Context, jurisdiction string) ([]assets.Device, error) {
	return collect[assets.Device](ctx, s.pool, `select id, account, name, app, seen_at, unsent_ops, unsent_photos, oldest_unsent from device
		where jurisdiction = $1 order by unsent_ops + unsent_photos = 0, oldest_unsent nulls last, seen_at desc limit 1000`, jurisdiction)
}

// Epoch names the present life of the database. Another one than before says
// that it was restored: what came after may be lost, and is to be sent again.
func (s *Store) Epoch(ctx context.Context) (id uuid.UUID, err error) {
	err = s.pool.QueryRow(ctx, `select id from epoch where jurisdiction = $1 order by since desc, id limit 1`, assets.SystemJurisdiction).Scan(&id)
	return id, err
}

// NewEpoch begins another life of the database, unless was is no longer the
// present one: then somebody else just did.
func (s *Store) NewEpoch(ctx context.Context, was uuid.UUID, reason string) (id uuid.UUID, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table epoch in exclusive mode`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into epoch (jurisdiction, id, since, reason) select $1, gen_random_uuid(), clock_timestamp(), $3
			where $2 = (select id from epoch where jurisdiction = $1 order by since desc, id limit 1)`, assets.SystemJurisdiction, was, reason)
		return err
	})
	if err != nil {
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
