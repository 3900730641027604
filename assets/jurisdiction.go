package assets

import (
	"github.com/paulmach/orb"
)

// Profiles of component classes. Two published sets give the same numbers to
// different things, so a jurisdiction follows exactly one.
const (
	ProfileCJT = "CJ/T 214-2007"
	ProfileGBT = "GB/T 30428.2-2013"
)

// Jurisdiction (辖区) is a subdistrict: the tenant, the unit of permission and
// the beginning of every key. Its Code is the 9-digit division code; its
// outline is the Area of level boundary.
type Jurisdiction struct {
	Header
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	Profile string      `json:"profile"`
	Source  string      `json:"source"`
	CodeOf  CodeLengths `json:"code_lengths"`
}

// Division returns the 6-digit county code that begins component codes.
func (j Jurisdiction) Division() string { return j.Code[:6] }

// Summary is a jurisdiction as a list shows it.
type Summary struct {
	Jurisdiction
	Bounds   orb.Bound // of the boundary, EPSG:4326; empty if it has none
	Areas    int64
	Segments int64
	Assets   int64
}

// Validate reports every wrong member at once.
func (j Jurisdiction) Validate() error {
	var faults Errors
	if !digits(j.Code, 9) || j.Code == SystemJurisdiction {
		faults = append(faults, Errorf(Invalid, "code", "应为 9 位数字的区划代码，例如 410105015", "must be a 9-digit division code such as 410105015"))
	}
	if f := textFault("name", j.Name, 1, 60); f != nil {
		faults = append(faults, f)
	}
	if j.Profile != ProfileCJT && j.Profile != ProfileGBT {
		faults = append(faults, Errorf(Invalid, "profile", "应为 %s 或 %s", "must be %s or %s", ProfileCJT, ProfileGBT))
	}
	if f := textFault("source", j.Source, 0, 200); f != nil {
		faults = append(faults, f)
	}
	if f := j.CodeOf.fault(); f != nil {
		faults = append(faults, f)
	}
	return faults.Err()
}

// Registry is a whole jurisdiction, as one piece.
type Registry struct {
	Jurisdiction Jurisdiction
	Areas        []Area // one of them of level boundary
	Segments     []Segment
	Assets       []Asset
	Basemap      []BasemapFeature
	Projects     []Project
	Entries      []Entry // none reverses another
}

// Boundary is the outline of the jurisdiction, nil if it has none.
func (r Registry) Boundary() orb.Geometry {
	for _, a := range r.Areas {
		if a.Level == LevelBoundary {
			return a.Geometry
		}
	}
	return nil
}
