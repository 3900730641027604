package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

type importCmd struct {
	databaseFlags
	File         string            `arg:"" help:"The .geojson or .csv file." type:"existingfile"`
	Jurisdiction string            `help:"9-digit division code of the place." required:""`
	Class        string            `help:"4-digit code of the class that every row is of." required:""`
	CRS          string            `help:"What the positions are in: EPSG:4326, 4490, 4547, 4526, GCJ-02, BD-09." default:"EPSG:4326" name:"crs"`
	Map          map[string]string `help:"Column and where it goes: lon, lat, name, source_id … or an attribute of the class." placeholder:"COLUMN=ATTRIBUTE" mapsep:"none"`
	Source       string            `help:"What the rows are from; with a row's id it names the asset. Default: the file's name."`
	AllowOutside bool              `help:"Take positions outside the jurisdiction's boundary."`
	DryRun       bool              `help:"Check everything and write nothing."`
}

// Run imports the file and prints the report on standard output. It fails if
// nothing could be imported at all; refused rows alone are no failure.
func (c importCmd) Run(r *run) error {
	crs, err := geo.ParseCRS(c.CRS)
	if err != nil {
		return fromGeo(err)
	}
	format, err := exchange.FormatOf(c.File)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	return c.with(r, func(ctx context.Context, store *postgis.Store) error {
		reader, err := format.Open(file)
		if err != nil {
			return err
		}
		converter, err := c.converter(ctx, store, crs)
		if err != nil {
			return err
		}
		return c.load(ctx, r, store, reader, converter, newProgress(r, file))
	})
}

func (c importCmd) converter(ctx context.Context, store *postgis.Store, crs geo.CRS) (*exchange.Converter, error) {
	classes, err := store.Classes(ctx, c.Jurisdiction)
	if err != nil {
		return nil, err
	}
	conversion := exchange.Conversion{CRS: crs, AllowOutside: c.AllowOutside, Source: c.Source, Map: c.Map}
	for _, class := range classes {
		if class.Code == c.Class {
			conversion.Class = class
		}
	}
	if conversion.Class.Code == "" {
		return nil, assets.Errorf(assets.NotFound, "class", "辖区 %s 的目录里没有类别 %s", "the catalogue of jurisdiction %s has no class %s", c.Jurisdiction, c.Class)
	}
	if conversion.Source == "" {
		conversion.Source = filepath.Base(c.File)
	}
	if conversion.Boundary, err = store.Boundary(ctx, c.Jurisdiction); err != nil {
		return nil, err
	}
	return exchange.NewConverter(conversion)
}

func (c importCmd) load(ctx context.Context, r *run, store *postgis.Store, reader exchange.Reader, converter *exchange.Converter, p *progress) error {
	w, err := postgis.NewWrite("import")
	if err != nil {
		return err
	}
	report := &exchange.Report{DryRun: c.DryRun}
	job := postgis.ImportJob{Jurisdiction: c.Jurisdiction, Class: c.Class, Source: converter.Source, DryRun: c.DryRun,
		Refuse:   func(row int, fault *assets.Error) { report.Refuse(row, fault) },
		Progress: func(int64) { p.show(report.Read) }}
	outcome, err := store.Import(ctx, w, job, exchange.Rows(reader, converter, report))
	if err != nil {
		return err
	}
	report.Added, report.Unchanged = outcome.Added, outcome.Unchanged
	if n := outcome.WithoutCode; n > 0 {
		report.Notes = append(report.Notes, assets.Text{
			ZH: fmt.Sprintf("%d 件没有部件标识码：该类别的顺序号已用完", n),
			EN: fmt.Sprintf("%d were left without a component code: the serials of the class are used up", n)})
	}
	return report.Write(r.stdout, r.lang)
}

// progress tells a person, once a second, how far a file has been read.
type progress struct {
	run   *run
	file  io.Seeker
	size  int64
	start time.Time
	last  time.Time
}

func newProgress(r *run, file *os.File) *progress {
	p := &progress{run: r, file: file, start: time.Now(), last: time.Now()}
	if info, err := file.Stat(); err == nil {
		p.size = info.Size()
	}
	return p
}

func (p *progress) show(rows int64) {
	if time.Since(p.last) < time.Second {
		return
	}
	p.last = time.Now()
	percent := 0.0
	if at, err := p.file.Seek(0, io.SeekCurrent); err == nil && p.size > 0 {
		percent = 100 * float64(at) / float64(p.size)
	}
	p.run.say(assets.Text{
		ZH: fmt.Sprintf("已读 %d 行（%.0f %%），%.0f 秒", rows, percent, time.Since(p.start).Seconds()),
		EN: fmt.Sprintf("%d rows read (%.0f %%), %.0f s", rows, percent, time.Since(p.start).Seconds())})
}

// fromGeo makes a domain error of a fault of geo.
func fromGeo(err error) error {
	var fault *geo.Fault
	if errors.As(err, &fault) {
		return assets.FromGeo(fault)
	}
	return err
}
