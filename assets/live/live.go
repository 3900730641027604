// Package live holds the registry in memory and follows its changes, so that a
// map is answered without asking the database. What it says is what PostGIS
// would say; what it cannot say that of, it leaves to PostGIS.
package live

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"streetbook/assets/postgis"
)

// Options bound what is kept in memory.
type Options struct {
	Memory int64 // bytes of the registry; 0: 1 GiB. A larger one is left to PostGIS
	Tiles  int64 // bytes of compressed tiles; 0: 64 MiB
	Log    *slog.Logger
}

// Rhythm of following.
const (
	beat     = time.Second            // a look at the heads of the chains even if nobody woke us
	stale    = 3 * time.Second        // since the last look: then PostGIS answers
	outage   = 10 * time.Minute       // of a database that nobody can write to, for so long the last look holds
	again    = 500 * time.Millisecond // after a failure
	patience = 100 * time.Millisecond // of one who wants to see a write that is on its way here
)

// Bounds of what is followed change by change. A longer way is loaded anew.
const (
	maxFollow    = 20000
	compactAbove = 2000 // entries of the delta
)

// GCPercent is how much garbage a program should let gather beside a registry in
// memory: a third of what lives, which bounds what it takes of the machine.
const GCPercent = 33

// Live is a registry in memory.
type Live struct {
	store   *postgis.Store
	options Options
	cache   *cache
	making  singleflight.Group

	mu        sync.Mutex // of publishing
	serial    uint64
	current   atomic.Pointer[Moment]
	published chan struct{} // closed when the next moment is there
	confirmed atomic.Int64  // when current was known to be the present, Unix nanoseconds
	gone      atomic.Int64  // since when there is no database, the same; 0 while there is one
	loading   atomic.Bool

	compacted chan compaction
	compacts  bool
	cancel    context.CancelFunc
	done      chan struct{}
}

// compaction is a base made in the background, and the moment it was made of.
type compaction struct {
	from *Moment
	base *base
}

// Start begins to load the registry and returns at once.
func Start(store *postgis.Store, o Options) *Live {
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	if o.Tiles == 0 {
		o.Tiles = 64 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Live{store: store, options: o, cache: newCache(o.Tiles), published: make(chan struct{}), compacted: make(chan compaction, 1), cancel: cancel, done: make(chan struct{})}
	l.loading.Store(true)
	go l.run(ctx)
	return l
}

// Stop ends following. Moments that somebody holds stay readable.
func (l *Live) Stop() {
	l.cancel()
	<-l.done
}

// Moment returns the present moment, once it holds the positions needed and all
// that this program has written. It is nil where PostGIS has to answer: while the
// registry is being loaded, or when what is needed does not come in time.
func (l *Live) Moment(ctx context.Context, needed map[string]int64) *Moment {
	var timer *time.Timer
	for {
		next := l.next()
		m := l.current.Load()
		if m == nil || l.loading.Load() || !l.confident() {
			return nil
		}
		if m.holds(needed) && l.store.Reached(m.positions) {
			return m
		}
		if timer == nil {
			timer = time.NewTimer(patience)
			defer timer.Stop()
		}
		select {
		case <-next:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// confident reports whether what is held may be answered: it was the present a moment
// ago, or nobody can write to the database. What this program wrote last and memory
// does not hold yet is not answered even then.
func (l *Live) confident() bool {
	return since(&l.confirmed) <= stale || l.Away() && since(&l.gone) < outage
}

func since(at *atomic.Int64) time.Duration { return time.Since(time.Unix(0, at.Load())) }

// Away reports whether there is no database: whoever needs one need not wait for it.
// A nil Live knows nothing of it.
func (l *Live) Away() bool { return l != nil && l.gone.Load() != 0 }

func (m *Moment) holds(needed map[string]int64) bool {
	for jurisdiction, seq := range needed {
		if m.positions[jurisdiction] < seq {
			return false
		}
	}
	return true
}

func (l *Live) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.published
}

// publish makes m the present moment and drops the tiles that what changed may
// have been on.
func (l *Live) publish(m *Moment, changed []trace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.serial++; m != nil {
		m.serial = l.serial
	}
	l.cache.publish(func() { l.current.Store(m) }, m == nil, changed)
	close(l.published)
	l.published = make(chan struct{})
}

func (l *Live) run(ctx context.Context) {
	defer close(l.done)
	wake, stop := l.store.Wake()
	defer stop()
	var told string
	for ctx.Err() == nil {
		pause := beat
		err := l.step(ctx)
		if errors.Is(err, errTooLarge) {
			l.options.Log.Warn("the registry is larger than the memory it may take: PostGIS answers", "bytes", l.options.Memory)
			return
		}
		if err != nil {
			pause = again
			if ctx.Err() == nil && err.Error() != told {
				told = err.Error()
				l.options.Log.Warn(l.plight(err), "error", err)
			}
		} else {
			told = ""
		}
		l.wait(ctx, wake, pause)
	}
}

// plight says who answers after an error.
func (l *Live) plight(err error) string {
	if postgis.IsAway(err) && l.current.Load() != nil {
		return "the database is away: memory answers what it can"
	}
	return "memory does not follow: PostGIS answers"
}

func (l *Live) wait(ctx context.Context, wake <-chan struct{}, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-wake:
	case <-time.After(pause):
	case c := <-l.compacted:
		l.compacts = false
		if m := l.current.Load(); m != nil && m.base == c.from.base {
			l.publish(m.on(c.base, c.from.delta), nil)
		}
	}
}

// step brings the moment up to the present.
func (l *Live) step(ctx context.Context) error {
	at := time.Now()
	if l.current.Load() != nil {
		err := l.follow(ctx)
		if postgis.IsAway(err) {
			l.gone.CompareAndSwap(0, at.UnixNano())
			return err
		}
		if err == nil {
			l.confirmed.Store(at.UnixNano())
		}
		l.gone.Store(0)
		switch {
		case err == nil && l.current.Load().size() > l.options.Memory:
			l.let()
			return errTooLarge
		case err == nil:
			l.compact()
			return nil
		case !errors.Is(err, errLoad):
			return err
		}
		l.options.Log.Info("memory is loaded anew", "why", err)
	}
	l.let()
	m, err := l.load(ctx)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // loading leaves as much garbage as it keeps
	l.publish(m, nil)
	if err := l.follow(ctx); err != nil {
		return err
	}
	l.confirmed.Store(time.Now().Add(-beat).UnixNano())
	l.loading.Store(false)
	l.options.Log.Info("the map is answered from memory", "assets", m.base.n(), "segments", len(m.segments.list), "areas", len(m.areas.list), "after", time.Since(at).Round(time.Millisecond))
	return nil
}

// let lets go of what is held: PostGIS answers.
func (l *Live) let() {
	l.loading.Store(true)
	l.publish(nil, nil)
	debug.FreeOSMemory()
}

// compact begins to build a base of what has changed, in the background.
func (l *Live) compact() {
	m := l.current.Load()
	if l.compacts || len(m.delta) < compactAbove {
		return
	}
	l.compacts = true
	go func() { l.compacted <- compaction{m, m.compacted()} }()
}
