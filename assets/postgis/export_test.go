package postgis

import "context"

// Tamper runs a statement behind the store's back, as somebody with a database
// client would.
func (s *Store) Tamper(ctx context.Context, sql string) error {
	_, err := s.pool.Exec(ctx, sql)
	return err
}
