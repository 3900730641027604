package main

import (
	"context"
	"fmt"

	"streetbook/assets/postgis"
)

// epochCmd says, or begins, the life of the database that phones ask for.
type epochCmd struct {
	databaseFlags
	New bool `help:"Begin another one: after the database was restored from a backup, so that phones offer again what came later."`
}

// Run prints the present epoch.
func (c epochCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		id, err := store.Epoch(ctx)
		if err == nil && c.New {
			id, err = store.NewEpoch(ctx, id, "restored")
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(r.stdout, id)
		return nil
	})
}
