package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

type jurisdictionCmd struct {
	Add  jurisdictionAddCmd  `cmd:"" help:"Add a place with its boundary."`
	List jurisdictionListCmd `cmd:"" help:"List the places in the registry."`
}

type jurisdictionAddCmd struct {
	databaseFlags
	Code     string `arg:"" help:"9-digit division code."`
	Name     string `arg:"" help:"Its name."`
	Boundary string `help:"GeoJSON file whose first feature is the outline." required:"" type:"existingfile"`
	Profile  string `help:"Code set of its classes: CJ/T 214-2007 or GB/T 30428.2-2013." default:"CJ/T 214-2007"`
}

// Run adds the jurisdiction and prints its code.
func (c jurisdictionAddCmd) Run(r *run) error {
	boundary, err := readBoundary(c.Boundary)
	if err != nil {
		return err
	}
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		w, err := postgis.NewWrite("jurisdiction")
		if err != nil {
			return err
		}
		j := assets.Jurisdiction{Code: c.Code, Name: c.Name, Profile: c.Profile}
		if err := store.AddJurisdiction(ctx, w, j, boundary); err != nil {
			return err
		}
		fmt.Fprintln(r.stdout, c.Code)
		return nil
	})
}

// readBoundary reads the first feature of a GeoJSON file.
func readBoundary(name string) (orb.Geometry, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader, err := exchange.GeoJSON{}.Open(file)
	if err != nil {
		return nil, err
	}
	row, err := reader.Next()
	if errors.Is(err, io.EOF) {
		return nil, assets.Errorf(assets.Invalid, "boundary", "文件里没有要素", "the file has no feature")
	}
	if err != nil {
		return nil, err
	}
	if row.Fault != nil {
		return nil, row.Fault
	}
	switch row.Geometry.(type) {
	case orb.Polygon, orb.MultiPolygon:
		return row.Geometry, nil
	}
	return nil, assets.Errorf(assets.Invalid, "boundary", "应为面（Polygon 或 MultiPolygon）", "must be a Polygon or MultiPolygon")
}

type jurisdictionListCmd struct {
	databaseFlags
}

// Run prints a line for each place: code, name, and what it holds.
func (c jurisdictionListCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		list, err := store.Jurisdictions(ctx)
		if err != nil {
			return err
		}
		for _, j := range list {
			fmt.Fprintf(r.stdout, "%s\t%s\t%d\t%d\t%d\n", j.Code, j.Name, j.Areas, j.Segments, j.Assets)
		}
		return nil
	})
}
