// Package postgis is the store, and the only package that speaks SQL.
package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Store is the registry in a PostGIS database.
type Store struct {
	pool *pgxpool.Pool
	// health is a pool of its own, so that /readyz is answered while every
	// other connection is busy.
	health  *pgxpool.Pool
	feed    *feed
	commits commits
}

// Options tune a Store; the zero value is usable.
type Options struct {
	MaxConns         int32         // 0: 16
	StatementTimeout time.Duration // of one reading statement; 0: 25 s
}

// Open connects to the database at url. It neither migrates nor fails when the
// schema is missing: see Migrate and Ready.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 25 * time.Second
	}
	pool, err := newPool(ctx, url, o)
	if err != nil {
		return nil, err
	}
	health, err := newPool(ctx, url, Options{MaxConns: 2, StatementTimeout: 2 * time.Second})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Store{pool: pool, health: health, feed: newFeed(pool)}, nil
}

func newPool(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	c.MaxConns = o.MaxConns
	c.MaxConnIdleTime = 5 * time.Minute
	c.ConnConfig.ConnectTimeout = 10 * time.Second
	c.ConnConfig.DialFunc = dialer().DialContext
	for name, value := range map[string]string{
		"application_name":                    "streetbook",
		"timezone":                            "UTC",
		"statement_timeout":                   fmt.Sprint(o.StatementTimeout.Milliseconds()),
		"lock_timeout":                        "10000",
		"idle_in_transaction_session_timeout": "60000",
		"jit":                                 "off",
	} {
		c.ConnConfig.RuntimeParams[name] = value
	}
	c.AfterConnect = registerGeometry
	return pgxpool.NewWithConfig(ctx, c)
}

// Close ends every connection.
func (s *Store) Close() {
	s.feed.stop()
	s.pool.Close()
	s.health.Close()
}

// Ready reports whether the database answers and has exactly the schema of
// this program.
func (s *Store) Ready(ctx context.Context) error {
	want, err := steps()
	if err != nil {
		return err
	}
	var have int
	if err := s.health.QueryRow(ctx, `select count(*) from migration`).Scan(&have); err != nil {
		return err
	}
	if have != len(want) {
		return fmt.Errorf("schema is at step %d of %d", have, len(want))
	}
	return nil
}

// Connections is how a Store's connections to the database fare. Those of Ready are
// not among them.
type Connections struct {
	Busy, Idle, Most int32
	Waits            int64         // for a free one, since the start
	Waited           time.Duration // in all of them together
}

// Connections says how the connections fare now.
func (s *Store) Connections() Connections {
	p := s.pool.Stat()
	return Connections{Busy: p.AcquiredConns(), Idle: p.IdleConns(), Most: p.MaxConns(), Waits: p.EmptyAcquireCount(), Waited: p.EmptyAcquireWaitTime()}
}

// Position is a number that grows with every write to any jurisdiction: two
// reads at the same position saw the same registry.
func (s *Store) Position(ctx context.Context) (int64, error) {
	var n int64
	err := s.pool.QueryRow(ctx, `select coalesce(sum(seq), 0)::bigint from jurisdiction`).Scan(&n)
	return n, err
}

// collect runs a query and returns its rows as values of T, filled by column name.
func collect[T any](ctx context.Context, db querier, sql string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// querier is what a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// none reports whether err says that a row was not there.
func none(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
