package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"streetbook/assets"
	"streetbook/assets/live"
	"streetbook/assets/postgis"
)

func newTown(o options) *town { return &town{rand: rand.New(rand.NewPCG(1, 2)), assets: o.assets} }

// run measures and prints.
func (w *town) run(ctx context.Context, store *postgis.Store, url string, ids []string, o options) error {
	postmaster, err := postmasterOf(o.dir)
	if err != nil {
		return err
	}
	fmt.Printf("%d assets, %d segments, %d areas\n\n", o.assets, o.segments, o.areas)
	children := map[string]*child{}
	for _, mode := range []string{modeOff, modeFresh} {
		c, err := startChild(url, postmaster, mode)
		if err != nil {
			return err
		}
		defer c.stop()
		children[mode] = c
	}
	idle := children[modeFresh].memory()
	servers := []server{w.server("`--live=off`", children[modeOff]), w.server("live", children[modeFresh])}
	for i, template := range []string{o.items, o.tiles} {
		if name, address, ok := strings.Cut(template, "="); ok {
			s := server{name: name}
			if i == 0 {
				s.items = address
			} else {
				s.tiles = address
			}
			servers = append(servers, s)
		}
	}
	if err := compare(w.questions(ids, o.times), servers, o.encoding); err != nil {
		return err
	}
	if err := w.load(children[modeFresh], idle); err != nil {
		return err
	}
	if err := children[modeFresh].stop(); err != nil {
		return err
	}
	if err := w.cached(url, postmaster); err != nil {
		return err
	}
	return w.writes(ctx, store, ids)
}

func (w *town) server(name string, c *child) server {
	base := c.url + "/ogc/collections/assets"
	return server{name: name, child: c, items: base + "/items?f=json&bbox={bbox}&limit={limit}", item: base + "/items/{id}?f=json",
		tiles: base + "/tiles/WebMercatorQuad/{z}/{y}/{x}"}
}

// compare prints a line for each kind of request and server.
func compare(questions []*question, servers []server, encoding string) error {
	fmt.Println("| request | server | median | p99 | ratio | bytes | CPU |\n|---|---|---|---|---|---|---|")
	for _, q := range questions {
		results, err := ask(q, servers, encoding)
		if err != nil {
			return err
		}
		for i, r := range results {
			if r.median == 0 {
				continue
			}
			ratio := "1"
			if i > 0 {
				ratio = fmt.Sprintf("%.1f×", float64(results[0].median)/float64(r.median))
			}
			cpu := "–"
			if servers[i].child != nil {
				cpu = short(r.cpu)
			}
			fmt.Printf("| %s | %s | %s | %s | %s | %d | %s |\n", q.name, servers[i].name, short(r.median), short(r.p99), ratio, r.bytes, cpu)
		}
	}
	fmt.Println()
	return nil
}

func short(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }

// load keeps a server busy and prints what it takes of the memory.
func (w *town) load(c *child, idle int) error {
	s, peak := w.server("live", c), 0
	for range 10 {
		p := w.point()
		side := half / 4
		url := fill(s.items, "{bbox}", fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", p[0], p[1], p[0]+side, p[1]+side), "{limit}", "10000")
		if _, err := rate(url, time.Second); err != nil {
			return err
		}
		if _, err := rate(tileURL(s, w.tile(11)), time.Second/2); err != nil {
			return err
		}
		peak = max(peak, c.memory())
	}
	fmt.Printf("| | |\n|---|---|\n| serving after start | %s |\n| answering from memory after start | %s |\n", short(c.serving), short(c.inMemory))
	fmt.Printf("| memory, idle | %d MiB |\n| memory, 8 clients asking for 10,000 features and fresh tiles | %d MiB |\n", idle, peak)
	return nil
}

// cached compares a tile in the cache with a file of the program, and looks for
// the heaviest tile of the low zooms.
func (w *town) cached(url, postmaster string) error {
	c, err := startChild(url, postmaster, modeLive)
	if err != nil {
		return err
	}
	defer c.stop()
	s := w.server("live", c)
	heaviest, where := int64(0), ""
	for z := range 12 {
		t := w.tile(z)
		n, err := fetch(tileURL(s, t), "gzip")
		if err != nil {
			return err
		}
		if n > heaviest {
			heaviest, where = n, fmt.Sprint(t)
		}
	}
	fmt.Printf("| heaviest tile of zooms 0 to 11, compressed | %d kB (%s) |\n", heaviest/1000, where)
	tile, size, file, fileSize, err := w.pair(s, c.url)
	if err != nil {
		return err
	}
	var tiles, files float64
	for range 3 {
		a, err := rate(tile, 2*time.Second)
		if err != nil {
			return err
		}
		b, err := rate(file, 2*time.Second)
		if err != nil {
			return err
		}
		tiles, files = tiles+a/3, files+b/3
	}
	fmt.Printf("| cached tile of %d bytes against a file of %d bytes | %.0f and %.0f requests/s: %.0f %% |\n", size, fileSize, tiles, files, 100*tiles/files)
	return nil
}

// pair finds a tile and a web file that are sent with nearly as many bytes.
func (w *town) pair(s server, url string) (tile string, size int64, file string, fileSize int64, err error) {
	list, err := staticFiles(url)
	if err != nil {
		return "", 0, "", 0, err
	}
	sizes := make([]int64, len(list))
	for i, f := range list {
		if sizes[i], err = fetch(f, "gzip"); err != nil {
			return "", 0, "", 0, err
		}
	}
	for i := range 60 {
		t := tileURL(s, w.tile(12+i%5))
		n, err := fetch(t, "gzip")
		if err != nil {
			return "", 0, "", 0, err
		}
		for k, f := range list {
			if tile == "" || abs(n-sizes[k])*fileSize < abs(size-fileSize)*sizes[k] {
				tile, size, file, fileSize = t, n, f, sizes[k]
			}
		}
	}
	return tile, size, file, fileSize, nil
}

func abs(n int64) int64 { return max(n, -n) }

// writes measures how long a write takes from its commit to memory.
func (w *town) writes(ctx context.Context, store *postgis.Store, ids []string) error {
	l := live.Start(store, live.Options{Log: nil})
	defer l.Stop()
	for l.Moment(ctx, nil) == nil {
		time.Sleep(time.Millisecond)
	}
	var took []time.Duration
	for i := range min(300, len(ids)) {
		target := postgis.Target{Collection: assets.CollectionAssets, Jurisdiction: place, ID: uuid.MustParse(ids[i]), Match: assets.AnyVersion}
		write, err := postgis.NewWrite("bench")
		if err != nil {
			return err
		}
		if err := store.Delete(ctx, write, target); err != nil {
			return err
		}
		begun := time.Now()
		for l.Moment(ctx, nil) == nil {
			if time.Since(begun) > time.Minute {
				return fmt.Errorf("memory does not follow")
			}
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	fmt.Printf("| from commit to memory: median, p99 | %s, %s |\n", short(took[len(took)/2]), short(took[len(took)*99/100]))
	fmt.Fprintln(os.Stderr, "done")
	return nil
}
