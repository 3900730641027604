package assets

import (
	"slices"

	"github.com/paulmach/orb"
)

// Kinds of base map features.
const (
	BasemapWater    = "water"
	BasemapGreen    = "green"
	BasemapBlock    = "block"
	BasemapBuilding = "building"
)

// BasemapKinds lists every kind.
var BasemapKinds = []string{BasemapWater, BasemapGreen, BasemapBlock, BasemapBuilding}

// BasemapFeature is a piece of the background map that the program draws
// without the internet. It is not an asset: nobody keeps it in order.
type BasemapFeature struct {
	Header
	Kind     string       `json:"kind"`
	Name     string       `json:"name"`
	Source   string       `json:"source"`
	Geometry orb.Geometry `json:"-"` // Polygon or MultiPolygon, EPSG:4326
}

// Validate reports every wrong member but the geometry at once.
func (b BasemapFeature) Validate() error {
	var faults Errors
	if !slices.Contains(BasemapKinds, b.Kind) {
		faults = append(faults, Errorf(Invalid, "kind", "“%s”不在 %v 之中", "%q is not one of %v", b.Kind, BasemapKinds))
	}
	return append(faults, textFaults(bounded{"name", b.Name, 0, 100}, bounded{"source", b.Source, 0, 200})...).Err()
}
