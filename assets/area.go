package assets

import (
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Levels of areas.
const (
	LevelBoundary     = "boundary"     // 辖区边界, one per jurisdiction
	LevelCommunity    = "community"    // 社区
	LevelResettlement = "resettlement" // 安置区
	LevelCompound     = "compound"     // 楼院
	LevelGrid         = "grid"         // 单元网格
)

// Levels lists every level, from the outside in.
var Levels = []string{LevelBoundary, LevelCommunity, LevelResettlement, LevelCompound, LevelGrid}

// Area (区域) is a polygon inside a jurisdiction, at one of the Levels.
type Area struct {
	Header
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Level     string       `json:"level"`
	Parent    *uuid.UUID   `json:"parent"`
	AreaM2    float64      `json:"area_m2"` // geodesic, on the ellipsoid; computed on save
	Residents *int         `json:"residents"`
	Source    string       `json:"source"`
	Geometry  orb.Geometry `json:"-"` // Polygon or MultiPolygon, EPSG:4326
}

// Validate reports every wrong member but the geometry at once.
func (a Area) Validate() error {
	var faults Errors
	if !slices.Contains(Levels, a.Level) {
		faults = append(faults, Errorf(Invalid, "level", "“%s”不在 %v 之中", "%q is not one of %v", a.Level, Levels))
	}
	if a.Residents != nil && *a.Residents < 0 {
		faults = append(faults, Errorf(Invalid, "residents", "不能为负", "must not be negative"))
	}
	return append(faults, textFaults(
		bounded{"code", a.Code, 0, 30}, bounded{"name", a.Name, 1, 100}, bounded{"source", a.Source, 0, 200})...).Err()
}
