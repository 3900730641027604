package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
)

type exportCmd struct {
	databaseFlags
	Collection   string `arg:"" help:"areas, segments or assets." enum:"areas,segments,assets"`
	File         string `arg:"" help:"The .geojson or .csv file to write."`
	Jurisdiction string `help:"9-digit division code of the place; without it, all of them."`
	Class        string `help:"Only assets of this class."`
}

// Run writes the file beside its place and renames it at the end, so that a
// file of that name is always whole. It prints how many objects it wrote.
func (c exportCmd) Run(r *run) error {
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		q, err := c.query()
		if err != nil {
			return err
		}
		fields, err := c.fields(ctx, store)
		if err != nil {
			return err
		}
		half := c.File + ".half"
		file, err := os.Create(half)
		if err != nil {
			return err
		}
		defer os.Remove(half) // gone already when all went well
		n, err := c.write(ctx, store, file, q, fields)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		if err := os.Rename(half, c.File); err != nil {
			return err
		}
		fmt.Fprintln(r.stdout, n)
		return nil
	})
}

func (c exportCmd) query() (assets.Query, error) {
	q := assets.Query{View: assets.Whole}
	for name, value := range map[string]string{"jurisdiction": c.Jurisdiction, "class": c.Class} {
		if value == "" {
			continue
		}
		e, err := assets.NewEqual(c.Collection, name, []string{value})
		if err != nil {
			return q, err
		}
		q = q.With(e)
	}
	return q, nil
}

// fields are the attributes that the classes concerned have, each once.
func (c exportCmd) fields(ctx context.Context, store *postgis.Store) ([]assets.Field, error) {
	if c.Collection != assets.CollectionAssets || !strings.HasSuffix(strings.ToLower(c.File), ".csv") {
		return nil, nil
	}
	places, err := store.Jurisdictions(ctx)
	if err != nil {
		return nil, err
	}
	var fields []assets.Field
	for _, place := range places {
		if c.Jurisdiction != "" && place.Code != c.Jurisdiction {
			continue
		}
		classes, err := store.Classes(ctx, place.Code)
		if err != nil {
			return nil, err
		}
		counts, err := store.Counts(ctx, assets.In(place.Code))
		if err != nil {
			return nil, err
		}
		for _, class := range classes {
			if counts.ByClass[class.Code] == 0 || c.Class != "" && class.Code != c.Class {
				continue
			}
			for _, f := range class.Fields {
				if !slices.ContainsFunc(fields, func(g assets.Field) bool { return g.Key == f.Key }) {
					fields = append(fields, f)
				}
			}
		}
	}
	return fields, nil
}

func (c exportCmd) write(ctx context.Context, store *postgis.Store, file *os.File, q assets.Query, fields []assets.Field) (n int, err error) {
	w, err := exchange.NewWriter(c.File, file, fields)
	if err != nil {
		return 0, err
	}
	switch c.Collection {
	case assets.CollectionAreas:
		err = store.EachArea(ctx, q, func(a *assets.Area) error { n++; return w.Area(a) })
	case assets.CollectionSegments:
		err = store.EachSegment(ctx, q, func(s *assets.Segment) error { n++; return w.Segment(s) })
	default:
		err = store.EachAsset(ctx, q, func(a *assets.Asset) error { n++; return w.Asset(a) })
	}
	if err != nil {
		return n, err
	}
	return n, w.Close()
}
