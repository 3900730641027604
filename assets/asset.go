package assets

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Conditions (状况), from best to worst.
const (
	ConditionGood      = "good"
	ConditionFair      = "fair"
	ConditionPoor      = "poor"
	ConditionDangerous = "dangerous"
)

// Conditions lists every condition.
var Conditions = []string{ConditionGood, ConditionFair, ConditionPoor, ConditionDangerous}

// Statuses (状态) of the life cycle.
const (
	StatusPlanned   = "planned"
	StatusInService = "in_service"
	StatusRemoved   = "removed"
)

// Statuses lists every status.
var Statuses = []string{StatusPlanned, StatusInService, StatusRemoved}

// Sides (侧) of a segment, seen along its direction.
const (
	SideLeft  = "left"
	SideRight = "right"
)

// Asset (设施/部件) is one thing in the street. Place is derived on save from
// its geometry and the jurisdiction's segments and areas.
type Asset struct {
	Header
	Code        string          `json:"code"` // 部件标识码; "" when the serials of its class are used up
	Class       string          `json:"class"`
	ClassName   string          `json:"-"` // the class's name; filled when an asset is read
	Name        string          `json:"name"`
	Status      string          `json:"status"`
	Condition   string          `json:"condition"`
	Place       Place           `json:"place"`
	AccuracyM   *float64        `json:"accuracy_m"` // of the position, metres, 1 sigma as the source states it
	Source      string          `json:"source"`     // where the record came from: a file, a survey, "sample"
	SourceID    string          `json:"source_id"`  // its id there; unique with Source in a jurisdiction unless ""
	SourceCRS   string          `json:"source_crs"` // what the position was given in, e.g. EPSG:4547, GCJ-02
	InstalledOn string          `json:"installed_on"`
	RemovedOn   string          `json:"removed_on"`
	Replaces    *uuid.UUID      `json:"replaces"`    // the asset that stood here before
	ReplacedBy  *uuid.UUID      `json:"replaced_by"` // the one that stands here now
	Attributes  json.RawMessage `json:"attributes"`  // an object, checked against the class
	Geometry    orb.Geometry    `json:"-"`           // EPSG:4326
}

// Place is where an asset stands in the registry's own terms.
type Place struct {
	Segment   *uuid.UUID `json:"segment"`
	ChainageM *float64   `json:"chainage_m"`
	Side      string     `json:"side"`
	OffsetM   *float64   `json:"offset_m"` // metres from the line, never negative
	Community *uuid.UUID `json:"community"`
}

// Validate reports every wrong member but the geometry at once. The attributes
// are checked against the class when they are entered, not here: a record stays
// valid when its class learns new fields.
func (a Asset) Validate() error {
	var faults Errors
	if !digits(a.Class, 4) {
		faults = append(faults, Errorf(Invalid, "class", "应为 4 位类别编码", "must be a 4-digit class code"))
	}
	if !slices.Contains(Statuses, a.Status) {
		faults = append(faults, Errorf(Invalid, "status", "“%s”不在 %v 之中", "%q is not one of %v", a.Status, Statuses))
	}
	if !slices.Contains(Conditions, a.Condition) {
		faults = append(faults, Errorf(Invalid, "condition", "“%s”不在 %v 之中", "%q is not one of %v", a.Condition, Conditions))
	}
	if a.AccuracyM != nil && !(*a.AccuracyM >= 0 && *a.AccuracyM <= 100000) {
		faults = append(faults, Errorf(Invalid, "accuracy_m", "应在 0 到 100000 米之间", "must be 0 to 100000 metres"))
	}
	for field, day := range map[string]string{"installed_on": a.InstalledOn, "removed_on": a.RemovedOn} {
		if day != "" && !isDate(day) {
			faults = append(faults, Errorf(Invalid, field, "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01"))
		}
	}
	return append(faults, textFaults(
		bounded{"code", a.Code, 0, 30}, bounded{"name", a.Name, 0, 200}, bounded{"source", a.Source, 0, 200},
		bounded{"source_id", a.SourceID, 0, 200}, bounded{"source_crs", a.SourceCRS, 0, 40})...).Err()
}

// isDate reports whether s is a day as 2024-05-01, in the years 1800 to 2200.
func isDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1800 && t.Year() <= 2200
}
