package live

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// Drawn is a tile ready to be sent.
type Drawn struct {
	Tag   string // of its content
	Bytes []byte
	Gzip  bool // whether they are compressed
}

// Sizes in bytes from which compressing is worth it, and doing it well.
const (
	compressAbove = 1024
	pressAbove    = 256 << 10
)

// Draw makes a tile ready, compressed if that is wanted and worth it: the large
// ones, of low zooms, are few and pressed harder. The tag has to tell a tile from
// its other states only, for which 64 bits are enough; a cryptographic sum takes a
// tenth of the time of a fresh tile.
func Draw(mvt []byte, small bool) (*Drawn, error) {
	d := &Drawn{Tag: strconv.FormatUint(xxhash.Sum64(mvt), 36), Bytes: mvt}
	if !small || len(mvt) < compressAbove {
		return d, nil
	}
	pool := &quick
	if len(mvt) > pressAbove {
		pool = &hard
	}
	var b bytes.Buffer
	w := pool.Get().(*gzip.Writer)
	defer pool.Put(w)
	w.Reset(&b)
	if _, err := w.Write(mvt); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	d.Bytes, d.Gzip = bytes.Clone(b.Bytes()), true
	return d, nil
}

// Compressors are large, and cost more to make than most tiles.
var quick, hard = compressors(gzip.BestSpeed), compressors(5)

func compressors(level int) sync.Pool {
	return sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}}
}

// drawing bounds how long one tile may take; whoever waits for it may leave
// earlier, but others may wait for the same.
const drawing = 25 * time.Second

// Draw answers a tile with a layer for each collection, from the cache if it is
// there. However many ask for one that is missing, it is made once. otherwise
// makes the layers that memory does not.
func (l *Live) Draw(ctx context.Context, m *Moment, t geo.Tile, small bool, collections []string, queries []assets.Query,
	otherwise func(ctx context.Context, collection string, q assets.Query) ([]byte, error)) (*Drawn, error) {
	key := tileKey(t, small, collections, queries)
	if d := l.cache.get(key); d != nil {
		return d, nil
	}
	made, err, _ := l.making.Do(key+strconv.FormatUint(m.serial, 36), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawing)
		defer cancel()
		var mvt []byte
		for i, collection := range collections {
			layer, ok := m.Tile(collection, t, queries[i])
			if !ok {
				var err error
				if layer, err = otherwise(ctx, collection, queries[i]); err != nil {
					return nil, err
				}
			}
			if i == 0 {
				mvt = layer
			} else {
				mvt = append(mvt, layer...)
			}
		}
		d, err := Draw(mvt, small)
		if err == nil {
			l.cache.put(func() bool { return l.current.Load() == m }, &cached{key: key, tile: t, collections: collections, drawn: d})
		}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*Drawn), nil
}

// tileKey names everything a tile depends on but the registry.
func tileKey(t geo.Tile, small bool, collections []string, queries []assets.Query) string {
	b := make([]byte, 0, 100)
	for _, n := range [...]int{t.Z, t.X, t.Y} {
		b = append(strconv.AppendInt(b, int64(n), 10), '/')
	}
	if small {
		b = append(b, 'z')
	}
	for i, q := range queries {
		b = append(append(b, collections[i]...), '/')
		if !q.Scope.All() {
			b = fmt.Appendf(b, "%q", q.Scope.List())
		}
		for _, e := range q.Equal {
			b = fmt.Appendf(b, "%s%q", e.Property.Name, e.Values)
		}
		b = append(b, '/')
	}
	return string(b)
}

// cache keeps tiles of the present moment, the last used longest.
type cache struct {
	mu      sync.Mutex
	bound   int64
	bytes   int64
	tiles   map[string]*list.Element // of *cached
	used    *list.List               // the last used first
	byPlace map[geo.Tile]map[*list.Element]bool
	byZoom  [geo.MaxZoom + 1]map[geo.Tile]bool

	hits, misses int64
}

type cached struct {
	key         string
	tile        geo.Tile
	collections []string
	drawn       *Drawn
}

// weight is roughly what a tile takes, in bytes.
func (c *cached) weight() int64 {
	return int64(len(c.drawn.Bytes) + 2*len(c.key) + 500)
}

func newCache(bound int64) *cache {
	c := &cache{bound: bound}
	c.empty()
	return c
}

func (c *cache) empty() {
	c.bytes, c.tiles, c.used, c.byPlace = 0, map[string]*list.Element{}, list.New(), map[geo.Tile]map[*list.Element]bool{}
	for z := range c.byZoom {
		c.byZoom[z] = map[geo.Tile]bool{}
	}
}

func (c *cache) get(key string) *Drawn {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.tiles[key]
	if !ok {
		c.misses++
		return nil
	}
	c.hits++
	c.used.MoveToFront(e)
	return e.Value.(*cached).drawn
}

// put keeps a tile if it is still that of the present.
func (c *cache) put(present func() bool, t *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.tiles[t.key]; there || !present() || t.weight() > c.bound {
		return
	}
	e := c.used.PushFront(t)
	c.tiles[t.key] = e
	if c.byPlace[t.tile] == nil {
		c.byPlace[t.tile] = map[*list.Element]bool{}
	}
	c.byPlace[t.tile][e], c.byZoom[t.tile.Z][t.tile] = true, true
	for c.bytes += t.weight(); c.bytes > c.bound; {
		c.drop(c.used.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	t := c.used.Remove(e).(*cached)
	c.bytes -= t.weight()
	delete(c.tiles, t.key)
	delete(c.byPlace[t.tile], e)
	if len(c.byPlace[t.tile]) == 0 {
		delete(c.byPlace, t.tile)
		delete(c.byZoom[t.tile.Z], t.tile)
	}
}

// publish makes another moment the present one and drops the tiles that differ
// from then on: those that what changed was on or is on.
func (c *cache) publish(now func(), all bool, changed []trace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now()
	if all {
		c.empty()
		return
	}
	for _, x := range changed {
		for z := range c.byZoom {
			c.forget(z, x)
		}
	}
}

// forget drops the tiles of a zoom on which a trace can be seen.
func (c *cache) forget(z int, x trace) {
	if len(c.byZoom[z]) == 0 {
		return
	}
	west, north := reachOf(z, orb.Point{x.bound.Min[0], x.bound.Max[1]})
	east, south := reachOf(z, orb.Point{x.bound.Max[0], x.bound.Min[1]})
	x0, y0, x1, y1 := int(math.Floor(west-margin)), int(math.Floor(north-margin)), int(math.Floor(east+margin)), int(math.Floor(south+margin))
	if (x1-x0+1)*(y1-y0+1) > len(c.byZoom[z]) {
		for t := range c.byZoom[z] {
			if t.X >= x0 && t.X <= x1 && t.Y >= y0 && t.Y <= y1 {
				c.forgetTile(t, x.collection)
			}
		}
		return
	}
	for tx := x0; tx <= x1; tx++ {
		for ty := y0; ty <= y1; ty++ {
			c.forgetTile(geo.Tile{Z: z, X: tx, Y: ty}, x.collection)
		}
	}
}

// margin is how far a tile reaches beyond its edge, in tiles, and a rounding.
const margin = (geo.TileBuffer + 1.0) / geo.TileExtent

// reachOf is a position in tiles of a zoom, to where the map ends.
func reachOf(z int, p orb.Point) (x, y float64) {
	p[1] = math.Max(-85.06, math.Min(85.06, p[1]))
	x, y = geo.Mercator(p)
	return math.Ldexp(x, z), math.Ldexp(y, z)
}

func (c *cache) forgetTile(t geo.Tile, collection string) {
	for e := range c.byPlace[t] {
		for _, of := range e.Value.(*cached).collections {
			if of == collection {
				c.drop(e)
				break
			}
		}
	}
}
