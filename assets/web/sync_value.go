package web

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/assets/postgis"
	"streetbook/geo"
)

// readValue reads what an operation says of its object.
func readValue(o *postgis.Operation, members map[string]json.RawMessage) error {
	raw, err := json.Marshal(members)
	if err != nil {
		return err
	}
	switch o.Noun {
	case "inspection":
		return readInspection(o, raw)
	case "walk":
		return readWalk(o, raw)
	case "photo":
		var in photoBody
		if err := parseJSON(raw, &in); err != nil {
			return err
		}
		o.Photo, err = in.photo()
		return err
	}
	if o.Kind == assets.KindInstall || o.Kind == assets.KindRemove || o.Kind == assets.KindRestore {
		return readStep(o, raw)
	}
	o.Lay, err = layAsset(members, o.Kind == assets.KindCreate)
	return err
}

// layAsset lays members over an asset.
func layAsset(members map[string]json.RawMessage, whole bool) (func(*assets.Asset) error, error) {
	d := exchange.Draft{Properties: members}
	if g, ok := members["geometry"]; ok {
		delete(members, "geometry")
		d.Located = true
		if string(g) != "null" {
			var err error
			if d.Geometry, err = geo.ParseGeometry(g); err != nil {
				return nil, err
			}
		}
	}
	return func(a *assets.Asset) error { return d.Asset(a, whole) }, nil
}

func readStep(o *postgis.Operation, raw []byte) error {
	var in struct {
		On string `json:"on"`
	}
	if err := parseJSON(raw, &in); err != nil {
		return err
	}
	o.Lay = func(a *assets.Asset) error {
		switch o.Kind {
		case assets.KindInstall:
			return a.Install(in.On)
		case assets.KindRemove:
			return a.Remove(in.On)
		}
		return a.Restore(in.On)
	}
	return nil
}

func readInspection(o *postgis.Operation, raw []byte) error {
	var in struct {
		Asset     uuid.UUID       `json:"asset"`
		Result    string          `json:"result"`
		Condition string          `json:"condition"`
		Note      string          `json:"note"`
		AccuracyM *float64        `json:"accuracy_m"`
		Geometry  json.RawMessage `json:"geometry"`
	}
	if err := parseJSON(raw, &in); err != nil {
		return err
	}
	o.Inspection = assets.Inspection{Asset: in.Asset, Result: in.Result, Condition: in.Condition, Note: in.Note, AccuracyM: in.AccuracyM}
	g, err := geometryOr(in.Geometry)
	if err != nil || g == nil {
		return err
	}
	p, ok := g.(orb.Point)
	if !ok {
		return assets.Errorf(assets.Invalid, "geometry", "应为 Point", "must be a Point")
	}
	o.Inspection.Position = &p
	return nil
}

func readWalk(o *postgis.Operation, raw []byte) error {
	var in struct {
		StartedAt time.Time           `json:"started_at"`
		EndedAt   time.Time           `json:"ended_at"`
		Track     json.RawMessage     `json:"track"`
		Sides     []assets.WalkedSide `json:"sides"`
		Note      string              `json:"note"`
	}
	if err := parseJSON(raw, &in); err != nil {
		return err
	}
	o.Walk = assets.Walk{StartedAt: in.StartedAt.UTC().Truncate(time.Microsecond), EndedAt: in.EndedAt.UTC().Truncate(time.Microsecond), Sides: in.Sides, Note: in.Note}
	g, err := geometryOr(in.Track)
	if err != nil || g == nil {
		return err
	}
	line, ok := g.(orb.LineString)
	if !ok {
		return assets.Errorf(assets.Invalid, "track", "应为 LineString", "must be a LineString")
	}
	o.Walk.Track = line
	return nil
}

// geometryOr reads a geometry that may be left out or null.
func geometryOr(raw json.RawMessage) (orb.Geometry, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	return geo.ParseGeometry(raw)
}
