package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"streetbook/assets/postgis"
	"streetbook/geo"
)

func newTown(o options) *town { return &town{rand: rand.New(rand.NewPCG(1, 2)), assets: o.assets} }

// run measures and prints.
func (w *town) run(ctx context.Context, store *postgis.Store, url string, known []placed, o options) error {
	postmaster, err := postmasterOf(o.dir)
	if err != nil {
		return err
	}
	fmt.Printf("%d assets, %d segments, %d areas\n\n", o.assets, o.segments, o.areas)
	off, err := startChild(url, postmaster, modeOff)
	if err != nil {
		return err
	}
	defer off.stop()
	fresh, err := startChild(url, postmaster, modeFresh)
	if err != nil {
		return err
	}
	idle := fresh.memory()
	servers := []*server{w.server("`--live=off`", off), w.server("live", fresh)}
	for _, s := range o.others {
		if s.process != nil {
			s.process.postmaster = postmaster
		}
		servers = append(servers, s)
	}
	w.compare(w.questions(known), servers, o)
	if o.only != "" {
		return nil
	}
	fmt.Print("| | |\n|---|---|\n")
	if err := w.drawing(ctx, store, o); err != nil {
		return err
	}
	line("serving after start", "%s", short(fresh.serving))
	line("answering from memory after start", "%s", short(fresh.inMemory))
	line("memory, idle", "%d MiB", idle)
	w.load(servers[1], fresh)
	heaviest, where := w.heaviest(servers[1])
	line("heaviest tile of zooms 0 to 11, compressed", "%d kB (zoom %d)", heaviest/1000, where.Z)
	tile := w.tile(14)
	size, err := fetch(tileURL(servers[1], tile), "gzip")
	if err != nil {
		return err
	}
	if err := fresh.stop(); err != nil {
		return err
	}
	whole, err := startChild(url, postmaster, modeLive, "-beside", fmt.Sprint(size))
	if err != nil {
		return err
	}
	defer whole.stop()
	if err := w.cached(w.server("live", whole), whole, tile, size); err != nil {
		return err
	}
	return w.writes(ctx, store, url, w.server("live", whole), whole, known)
}

func line(what, format string, values ...any) {
	fmt.Printf("| %s | "+format+" |\n", append([]any{what}, values...)...)
}

func (w *town) server(name string, c *child) *server {
	base := c.url + "/ogc/collections"
	return &server{name: name, process: &c.process, items: base + "/assets/items?f=json&bbox={bbox}&limit={limit}", item: base + "/assets/items/{id}?f=json",
		tiles: base + "/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}"}
}

// compare prints a line for each kind of request and server.
func (w *town) compare(questions []*question, servers []*server, o options) {
	fmt.Println("| request | server | median | p99 | ratio | bytes | CPU | failed |\n|---|---|---|---|---|---|---|---|")
	for _, q := range questions {
		if !strings.Contains(q.name, o.only) {
			continue
		}
		results := ask(q, servers, o)
		for i, r := range results {
			if r.answers+r.failed == 0 {
				continue
			}
			ratio, cpu := "–", "–"
			if r.median > 0 {
				ratio = fmt.Sprintf("%.1f×", float64(results[0].median)/float64(r.median))
			}
			if servers[i].process != nil {
				cpu = short(r.cpu)
			}
			fmt.Printf("| %s | %s | %s | %s | %s | %d | %s | %d of %d |\n", q.name, servers[i].name, short(r.median), short(r.p99), ratio, r.bytes, cpu, r.failed, r.answers+r.failed)
		}
	}
	fmt.Println()
}

func short(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }

// load keeps a server busy and prints what it takes of the memory.
func (w *town) load(s *server, c *child) {
	peak, failed := 0, 0
	for range 10 {
		p := w.point()
		side := half / 4
		url := fill(s.items, "{bbox}", fmt.Sprintf("%.7f,%.7f,%.7f,%.7f", p[0], p[1], p[0]+side, p[1]+side), "{limit}", "10000")
		lists, tiles := rate(s, url, time.Second), rate(s, tileURL(s, w.tile(11)), time.Second/2)
		peak, failed = max(peak, c.memory()), failed+lists.failed+tiles.failed
	}
	line("memory, 8 clients asking for 10,000 features and fresh tiles", "%d MiB (%d requests failed)", peak, failed)
}

// heaviest asks for every tile of the low zooms that has anything on it.
func (w *town) heaviest(s *server) (most int64, where geo.Tile) {
	said := failures{}
	for z := range 12 {
		first, last := tileAt(z, orb.Point{centre[0] - half, centre[1] + half}), tileAt(z, orb.Point{centre[0] + half, centre[1] - half})
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				t := geo.Tile{Z: z, X: x, Y: y}
				n, err := fetch(tileURL(s, t), "gzip")
				if err != nil {
					said.say(s.name, err)
				}
				if n > most {
					most, where = n, t
				}
			}
		}
	}
	return most, where
}

// cached compares a tile in the cache with a web file of as many bytes.
func (w *town) cached(s *server, c *child, tile geo.Tile, size int64) error {
	res, err := client.Get(c.url + "/")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	file := c.url + "/static/" + staticHash.FindString(string(page)) + "/" + beside
	var tiles, files pace
	const rounds = 4
	for range rounds {
		for _, of := range []struct {
			url string
			sum *pace
		}{{tileURL(s, tile), &tiles}, {file, &files}} {
			p := rate(s, of.url, 2*time.Second)
			of.sum.perSecond, of.sum.cpu, of.sum.failed = of.sum.perSecond+p.perSecond/rounds, of.sum.cpu+p.cpu/rounds, of.sum.failed+p.failed
		}
	}
	line(fmt.Sprintf("cached tile against a static file, both of %d bytes", size), "%.0f and %.0f requests/s: %.0f %%; CPU %.3f and %.3f ms; %d failed",
		tiles.perSecond, files.perSecond, 100*tiles.perSecond/files.perSecond, float64(tiles.cpu)/1e6, float64(files.cpu)/1e6, tiles.failed+files.failed)
	return nil
}

// staticHash finds what stands between /static/ and the name of a file.
var staticHash = regexp.MustCompile(`[0-9a-f]{16}`)
