// Command bench measures the program on a registry of its own making: with the
// registry in memory, with PostGIS alone, and beside other servers on the same
// requests. It prints tables in Markdown.
//
//	go run ./cmd/bench -assets 1000000
//	go run ./cmd/bench -items 'name=http://127.0.0.1:9000/collections/public.asset/items.json?bbox={bbox}&limit={limit}'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"streetbook/assets"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
)

type options struct {
	assets, segments, areas, times int
	dir, database, serve           string
	items, tiles, encoding         string
}

func main() {
	var o options
	flag.IntVar(&o.assets, "assets", 1000000, "assets to make")
	flag.IntVar(&o.segments, "segments", 20000, "segments to make")
	flag.IntVar(&o.areas, "areas", 5000, "areas to make")
	flag.IntVar(&o.times, "times", 100, "requests of each kind to each server")
	flag.StringVar(&o.dir, "dir", "", "folder of the database; one that is there already is used again (default: one that is removed in the end)")
	flag.StringVar(&o.items, "items", "", "NAME=URL of another server's features, with {bbox} and {limit}")
	flag.StringVar(&o.tiles, "tiles", "", "NAME=URL of another server's tiles, with {z}, {x} and {y}")
	flag.StringVar(&o.encoding, "encoding", "identity", "what answers are asked for in: identity or gzip")
	flag.StringVar(&o.serve, "serve", "", "(used by the program itself)")
	flag.StringVar(&o.database, "database", "", "(used by the program itself)")
	flag.Parse()
	var err error
	if o.serve != "" {
		err = serve(context.Background(), o.database, o.serve)
	} else {
		err = bench(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
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
	ids, err := w.furnish(ctx, store, o)
	if err != nil {
		return err
	}
	return w.run(ctx, store, db.URL(), ids, o)
}

// furnish makes the registry unless it is there, and returns the ids of some
// assets.
func (w *town) furnish(ctx context.Context, store *postgis.Store, o options) (ids []string, err error) {
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
	q := assets.In(place)
	q.Limit = 1000
	err = store.EachAsset(ctx, q, func(a *assets.Asset) error { ids = append(ids, a.ID.String()); return nil })
	return ids, err
}
