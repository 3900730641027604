package live

import "time"

// State is how memory fares, for whoever watches the program.
type State struct {
	Answers  bool          // or PostGIS does
	Away     bool          // there is no database
	Position int64         // as Moment.Position says it; 0 while nothing is held
	Lag      time.Duration // since what is held was known to be the present
	Assets   int
	Changed  int   // of them since the columns were built
	Bytes    int64 // of the registry, roughly
	Tiles    TileState
}

// TileState is how the cache of drawn tiles fares.
type TileState struct {
	Kept         int
	Bytes        int64
	Hits, Misses int64 // since the start
}

// State says how memory fares now. It waits for nothing.
func (l *Live) State() State {
	s := State{Away: l.Away(), Tiles: l.cache.state()}
	m := l.current.Load()
	if m == nil {
		return s
	}
	s.Lag = since(&l.confirmed)
	s.Answers = !l.loading.Load() && l.confident() && l.store.Reached(m.positions)
	s.Position, s.Assets, s.Changed, s.Bytes = m.position, m.base.n()-m.died, len(m.delta), m.size()
	for _, e := range m.delta {
		if e.asset != nil {
			s.Assets++
		}
	}
	return s
}

func (c *cache) state() TileState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return TileState{Kept: len(c.tiles), Bytes: c.bytes, Hits: c.hits, Misses: c.misses}
}
