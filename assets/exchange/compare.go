package exchange

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

// RecordedFeature is an object as the change log keeps it, as the feature that
// readers know; nil for nil.
func RecordedFeature(noun string, record []byte) (json.RawMessage, error) {
	if record == nil {
		return nil, nil
	}
	var place struct{ Geometry json.RawMessage }
	if err := json.Unmarshal(record, &place); err != nil {
		return nil, err
	}
	g, err := geo.ParseGeometry(place.Geometry)
	if err != nil {
		return nil, err
	}
	switch noun {
	case "area":
		a := assets.Area{Geometry: g}
		err := json.Unmarshal(record, &a)
		return AppendAreaFeature(nil, &a, nil), err
	case "segment":
		line, _ := g.(orb.LineString)
		s := assets.Segment{Geometry: line}
		err := json.Unmarshal(record, &s)
		return AppendSegmentFeature(nil, &s, nil), err
	}
	a := assets.Asset{Geometry: g}
	err = json.Unmarshal(record, &a)
	return AppendAssetFeature(nil, &a, nil), err
}

// FieldChange is one member of a feature in two states. Attributes stand each
// for themselves as attributes.KEY, the geometry as geometry.
type FieldChange struct {
	Name   string          `json:"name"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// bookkeeping are members that change with every version and say nothing.
var bookkeeping = []string{"version", "updated_at", "class_name"}

// Compare lists what differs between two states of a feature, by name. Either
// may be nil.
func Compare(before, after []byte) ([]FieldChange, error) {
	old, err := flat(before)
	if err != nil {
		return nil, err
	}
	now, err := flat(after)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range old {
		names = append(names, name)
	}
	for name := range now {
		if _, ok := old[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var list []FieldChange
	for _, name := range names {
		if !bytes.Equal(orNull(old[name]), orNull(now[name])) && !slices.Contains(bookkeeping, name) {
			list = append(list, FieldChange{name, orNull(old[name]), orNull(now[name])})
		}
	}
	return list, nil
}

func orNull(v json.RawMessage) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

// flat is a feature as one level of members.
func flat(feature []byte) (map[string]json.RawMessage, error) {
	members := map[string]json.RawMessage{}
	if feature == nil {
		return members, nil
	}
	var f struct {
		Geometry   json.RawMessage
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(feature, &f); err != nil {
		return nil, err
	}
	members["geometry"] = f.Geometry
	for name, value := range f.Properties {
		if name != "attributes" {
			members[name] = value
			continue
		}
		var attributes map[string]json.RawMessage
		if err := json.Unmarshal(value, &attributes); err != nil {
			return nil, err
		}
		for key, v := range attributes {
			members["attributes."+key] = v
		}
	}
	return members, nil
}

// Kind says what became of a feature between two states: added, removed, moved,
// changed, or "" for nothing that anybody would see. One that left the street by
// its life cycle is removed as well.
func Kind(before, after []byte, fields []FieldChange) string {
	switch {
	case before == nil && after == nil:
		return ""
	case before == nil:
		return "added"
	case after == nil:
		return "removed"
	}
	kind := ""
	for _, f := range fields {
		switch {
		case f.Name == "status" && strings.Contains(string(f.After), assets.StatusRemoved):
			return "removed"
		case f.Name == "geometry":
			kind = "moved"
		case kind == "":
			kind = "changed"
		}
	}
	return kind
}
