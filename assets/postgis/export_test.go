package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Tamper runs a statement behind the store's back, as somebody with a database
// client would.
func (s *Store) Tamper(ctx context.Context, sql string) error {
	_, err := s.pool.Exec(ctx, sql)
	return err
}

// MigrateSome applies only the first n steps, as a program that was killed.
func MigrateSome(ctx context.Context, conn *pgx.Conn, n int) error {
	want, err := steps()
	if err != nil {
		return err
	}
	return migrateTo(ctx, conn, want, n)
}

// Number asks the database for a number.
func (s *Store) Number(ctx context.Context, sql string, args ...any) (n float64, err error) {
	err = s.pool.QueryRow(ctx, sql, args...).Scan(&n)
	return n, err
}
