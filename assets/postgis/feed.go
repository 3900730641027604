package postgis

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// feed wakes those who wait for changes. It listens for notifications on one
// connection while anybody waits; what changed is read from the log, so a
// notification that is lost on the way only costs time.
type feed struct {
	pool    *pgxpool.Pool
	mu      sync.Mutex
	waiting map[chan struct{}]bool
	cancel  context.CancelFunc
	done    chan struct{}
}

func newFeed(pool *pgxpool.Pool) *feed { return &feed{pool: pool, waiting: map[chan struct{}]bool{}} }

// Wake returns a channel that holds a value after every change to any
// jurisdiction, and a function that ends it.
func (s *Store) Wake() (<-chan struct{}, func()) {
	f, c := s.feed, make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting[c] = true
	if f.cancel == nil {
		ctx, cancel := context.WithCancel(context.Background())
		f.cancel, f.done = cancel, make(chan struct{})
		go f.listen(ctx, f.done)
	}
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.waiting, c)
	}
}

// listenAgain is how long the feed waits before it connects anew. Meanwhile, and
// after every connection, all are woken: they may have missed something.
const listenAgain = 500 * time.Millisecond

func (f *feed) listen(ctx context.Context, done chan struct{}) {
	defer close(done)
	for ctx.Err() == nil {
		f.follow(ctx)
		f.wake()
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// follow listens until the connection or the context ends. Why it ended does
// not matter: whoever reads the log next is told by the database.
func (f *feed) follow(ctx context.Context) {
	c, err := f.pool.Acquire(ctx)
	if err != nil {
		return
	}
	conn := c.Hijack() // it listens for ever: the pool must not hand it out again
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `listen change`); err != nil {
		return
	}
	f.wake()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return
		}
		f.wake()
	}
}

func (f *feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.waiting {
		select {
		case c <- struct{}{}:
		default: // it has not looked since the last one
		}
	}
}

func (f *feed) stop() {
	f.mu.Lock()
	cancel, done := f.cancel, f.done
	f.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
}
