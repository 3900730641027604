package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/assets/postgis/local"
)

// databaseFlags say where the registry is kept; every verb has them.
type databaseFlags struct {
	Data     string `help:"Folder of the private database, and of photos and documents." default:"./data" type:"path"`
	Database string `help:"URL of an existing PostGIS database to use instead."`
}

// database is an open registry and whatever must be stopped after it.
type database struct {
	*postgis.Store
	server *local.Server // nil when the database is somebody else's
}

// open connects to the registry and brings the schema up to date.
func (f databaseFlags) open(r *run) (*database, error) {
	db, err := f.connect(r)
	if err != nil {
		return nil, err
	}
	if err := upgrade(r.ctx, db.Store); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// connect connects to the registry as it is, starting the private database if
// none is named and it does not run yet.
func (f databaseFlags) connect(r *run) (*database, error) {
	db := &database{}
	url := f.Database
	if url == "" {
		server, err := local.Start(r.ctx, local.Options{Dir: filepath.Join(f.Data, "postgis"), Database: "streetbook", Progress: r.say})
		if err != nil {
			return nil, err
		}
		db.server, url = server, server.URL()
	}
	store, err := postgis.Open(r.ctx, url, postgis.Options{})
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	db.Store = store
	return db, nil
}

// upgrade brings schema and shared catalogue to what this program knows.
// Classes that are there are left as people made them.
func upgrade(ctx context.Context, store *postgis.Store) error {
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	classes, err := exchange.Catalogue()
	if err != nil {
		return err
	}
	w, err := postgis.NewWrite("streetbook")
	if err != nil {
		return err
	}
	return store.AddMissingClasses(ctx, w, assets.SystemJurisdiction, classes)
}

func (db *database) close() error {
	if db.Store != nil {
		db.Store.Close()
	}
	if db.server != nil {
		return db.server.Stop()
	}
	return nil
}

// with runs fn on the open registry and closes it, whatever fn says.
func (f databaseFlags) with(r *run, fn func(context.Context, *postgis.Store) error) error {
	db, err := f.open(r)
	if err != nil {
		return err
	}
	return errors.Join(fn(r.ctx, db.Store), db.close())
}

type migrateCmd struct {
	databaseFlags
}

// Run migrates; opening the registry does exactly that.
func (c migrateCmd) Run(r *run) error {
	return c.with(r, func(context.Context, *postgis.Store) error {
		r.say(assets.Text{ZH: "数据库结构已是最新。", EN: "The database has this program's schema."})
		return nil
	})
}

type verifyCmd struct {
	databaseFlags
}

// Run prints a line for each jurisdiction and fails if any history is broken.
func (c verifyCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		list, err := store.Verify(ctx)
		if err != nil {
			return err
		}
		broken := 0
		for _, v := range list {
			if m := v.Investment; !m.OK {
				broken++
				fmt.Fprintf(r.stdout, "%s investment is wrong by %s", v.Jurisdiction, m.Difference)
				if m.Entry != nil {
					fmt.Fprintf(r.stdout, " at entry %s", m.Entry)
				}
				fmt.Fprintf(r.stdout, ": %s\n", m.Reason.EN)
			}
			if v.Broken == 0 {
				fmt.Fprintf(r.stdout, "%s ok %d\n", v.Jurisdiction, v.Changes)
				continue
			}
			broken++
			fmt.Fprintf(r.stdout, "%s broken at %d: %s\n", v.Jurisdiction, v.Broken, v.Reason)
		}
		if broken > 0 {
			return assets.Errorf(assets.Conflict, "change", "发现 %d 处被改动的历史或不符的账目", "%d histories were edited or ledgers do not add up", broken)
		}
		return nil
	})
}
