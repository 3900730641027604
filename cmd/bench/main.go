// Command bench measures the program on a registry of its own making: with the
// registry in memory, with PostGIS alone, and beside other servers on the same
// requests. It prints tables in Markdown.
//
//	go run ./cmd/bench -assets 1000000
//
// Other servers run on the same database and are named with their addresses:
//
//	go run ./cmd/bench -dir /var/tmp/bench -hold   # says how to reach the database
//	go run ./cmd/bench -dir /var/tmp/bench -process other=4711 \
//		-items 'other=http://127.0.0.1:9000/collections/public.asset/items.json?bbox={bbox}&limit={limit}' \
//		-tiles 'other=http://127.0.0.1:7800/public.asset/{z}/{x}/{y}.pbf'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
)

type options struct {
	assets, segments, areas, times int
	span                           time.Duration
	dir, encoding, only            string
	hold                           bool
	others                         others
	browser, imported              int

	serve, database string // of the program as a server
	beside          int64
}

func main() {
	var o options
	flag.IntVar(&o.assets, "assets", 1000000, "assets to make")
	flag.IntVar(&o.segments, "segments", 20000, "segments to make")
	flag.IntVar(&o.areas, "areas", 5000, "areas to make")
	flag.IntVar(&o.times, "times", 100, "requests of each kind to each server")
	flag.StringVar(&o.dir, "dir", "", "folder of the database; one that is there already is used again (default: one that is removed in the end)")
	flag.DurationVar(&o.span, "span", 20*time.Second, "at most so long for each kind of request, if that is enough for three of them")
	flag.BoolVar(&o.hold, "hold", false, "make the registry, say where its database is, and keep that running for other servers")
	flag.Func("items", "NAME=URL of another server's features, with {bbox} and {limit}; any number", o.others.set(func(s *server, v string) error { s.items = v; return nil }))
	flag.Func("item", "NAME=URL of another server's single features, with {id}", o.others.set(func(s *server, v string) error { s.item = v; return nil }))
	flag.Func("tiles", "NAME=URL of another server's tiles, with {z}, {x} and {y}, and {collection} if it has segments and areas too", o.others.set(func(s *server, v string) error { s.tiles = v; return nil }))
	flag.Func("process", "NAME=PID of another server on this machine, to know what it works", o.others.set(func(s *server, v string) error {
		pid, err := strconv.Atoi(v)
		s.process = &process{pid: pid}
		return err
	}))
	flag.IntVar(&o.browser, "browser", 0, "measure nothing but how soon so many writes are drawn in another browser (needs chromium)")
	flag.IntVar(&o.imported, "import", 0, "measure nothing but what readers notice while so many assets are imported, into a registry of its own that holds few and then into it again")
	flag.StringVar(&o.only, "only", "", "ask nothing but the kinds of request whose names hold this")
	flag.StringVar(&o.encoding, "encoding", "identity", "what answers are asked for in: identity or gzip")
	flag.StringVar(&o.serve, "serve", "", "(used by the program itself)")
	flag.StringVar(&o.database, "database", "", "(used by the program itself)")
	flag.Int64Var(&o.beside, "beside", 0, "(used by the program itself)")
	flag.Parse()
	var err error
	if o.serve != "" {
		err = serve(context.Background(), o)
	} else {
		err = bench(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
	if o.imported > 0 {
		o.dir, o.assets, o.segments, o.areas = "", few, few, few
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("/var/tmp", "streetbook-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
		if err := os.Chmod(o.dir, 0o755); err != nil { // the database's user must reach it
			return err
		}
	}
	db, err := local.Start(ctx, local.Options{Dir: o.dir, Database: "streetbook", Ephemeral: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Stop()) }()
	store, err := postgis.Open(ctx, db.URL(), postgis.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	w := newTown(o)
	known, err := w.furnish(ctx, store, o)
	if err != nil {
		return err
	}
	if o.hold {
		fmt.Println(db.URL())
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
		<-ctx.Done()
		return nil
	}
	switch {
	case o.browser > 0:
		return w.browser(ctx, store, db.URL(), known, o)
	case o.imported > 0:
		return w.imports(ctx, store, db.URL(), o)
	}
	return w.run(ctx, store, db.URL(), known, o)
}

// placed is an asset of the registry that can be asked for.
type placed struct {
	id uuid.UUID
	at orb.Point
}

// furnish makes the registry unless it is there, and returns some assets of it.
func (w *town) furnish(ctx context.Context, store *postgis.Store, o options) (known []placed, err error) {
	if err := store.Migrate(ctx); err != nil {
		return nil, err
	}
	list, err := store.Jurisdictions(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		begun := time.Now()
		err := w.fill(ctx, store, o.segments, o.areas, func(n int64) {
			if n%100000 == 0 {
				fmt.Fprintf(os.Stderr, "%d assets after %s\n", n, time.Since(begun).Round(time.Second))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return some(ctx, store)
}

// some lists a thousand assets of the registry.
func some(ctx context.Context, store *postgis.Store) (known []placed, err error) {
	q := assets.In(place)
	q.Limit = 1000
	err = store.EachAsset(ctx, q, func(a *assets.Asset) error {
		known = append(known, placed{a.ID, a.Geometry.Bound().Center()})
		return nil
	})
	return known, err
}
