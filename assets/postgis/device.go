package postgis

import (
	"context"

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
