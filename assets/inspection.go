package assets

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Results of an inspection.
const (
	ResultFound    = "found"
	ResultNotFound = "not_found"
)

// Inspection (查看) says that somebody stood before an asset, or where it should be.
type Inspection struct {
	Header
	Asset     uuid.UUID  `json:"asset"`
	Result    string     `json:"result"`
	Condition string     `json:"condition"` // as it was seen; "" if it was not looked at
	Note      string     `json:"note"`
	AccuracyM *float64   `json:"accuracy_m"`
	At        time.Time  `json:"at"` // as the phone said it
	Actor     string     `json:"by"`
	Position  *orb.Point `json:"position"` // EPSG:4326; nil if it is not known
}

// Validate reports every wrong member at once.
func (i Inspection) Validate() error {
	var faults Errors
	if i.Asset == uuid.Nil {
		faults = append(faults, Errorf(Invalid, "asset", "必须给出设施的 id", "is required"))
	}
	if i.Result != ResultFound && i.Result != ResultNotFound {
		faults = append(faults, Errorf(Invalid, "result", "应为 found 或 not_found", "must be found or not_found"))
	}
	if i.Condition != "" && !slices.Contains(Conditions, i.Condition) {
		faults = append(faults, Errorf(Invalid, "condition", "“%s”不在 %v 之中", "%q is not one of %v", i.Condition, Conditions))
	}
	if i.AccuracyM != nil && !(*i.AccuracyM >= 0 && *i.AccuracyM <= 100000) {
		faults = append(faults, Errorf(Invalid, "accuracy_m", "应在 0 到 100000 米之间", "must be 0 to 100000 metres"))
	}
	return append(faults, textFaults(bounded{"note", i.Note, 0, 2000})...).Err()
}
