package postgis

import (
	"context"

	"streetbook/assets"
)

var documentNoun = noun[assets.Document]{
	name:    "document",
	table:   "document",
	columns: []string{"jurisdiction", "id", "sha256", "size", "media_type", "version", "updated_at"},
	selects: `select jurisdiction, id, version, updated_at, sha256, size, media_type from`,
	head:    func(d *assets.Document) *assets.Header { return &d.Header },
	prepare: func(*assets.Document) error { return nil },
	row: func(d *assets.Document) []any {
		return []any{d.Jurisdiction, d.ID, d.SHA256, d.Size, d.MediaType, d.Version, d.UpdatedAt}
	},
	scan: func(row scanner, d *assets.Document) error {
		return row.Scan(&d.Jurisdiction, &d.ID, &d.Version, &d.UpdatedAt, &d.SHA256, &d.Size, &d.MediaType)
	},
}

// AddDocument notes that a jurisdiction sent a document. The same one again
// changes nothing.
func (s *Store) AddDocument(ctx context.Context, w Write, jurisdiction string, d assets.Document) error {
	return s.record(ctx, w, jurisdiction, d, func(l *ledger) error {
		known, err := hasDocument(ctx, l.tx, jurisdiction, d.SHA256)
		if err != nil || known {
			return err
		}
		return createIn(ctx, l, documentNoun, []assets.Document{d})
	})
}

// HasDocument reports whether a jurisdiction sent a document, or an entry of it
// names it already.
func (s *Store) HasDocument(ctx context.Context, jurisdiction, sum string) (bool, error) {
	return hasDocument(ctx, s.pool, jurisdiction, sum)
}

func hasDocument(ctx context.Context, db querier, jurisdiction, sum string) (has bool, err error) {
	err = db.QueryRow(ctx, `select exists (select from document where jurisdiction = $1 and sha256 = $2 and deleted_at is null) or exists (select from entry where jurisdiction = $1 and document = $2 and document <> '')`, jurisdiction, sum).Scan(&has)
	return has, err
}
