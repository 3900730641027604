package assets

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Segment (路段) is a named stretch of road: a line with a direction. Key marks
// the 重点整治路段.
type Segment struct {
	Header
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	Road     string         `json:"road"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	Key      bool           `json:"key"`
	LengthM  float64        `json:"length_m"` // geodesic, computed on save
	Status   string         `json:"status"`
	Source   string         `json:"source"`
	Geometry orb.LineString `json:"-"` // EPSG:4326
	Figures  SegmentFigures `json:"-"` // no part of it: they change while it does not
}

// SegmentFigures are what a map shows of a segment. Each is nil where it was not
// asked for; what was paid also in the past, when money may have been divided
// otherwise.
type SegmentFigures struct {
	Invested      *Fen     // paid for it
	Assets        *int64   // living ones on it
	ConditionMean *float64 // of those, from 1, good, to 4, dangerous, in thousandths; nil also where there are none
}

// InvestedPerM is what was paid for one metre; false where nobody knows.
func (s *Segment) InvestedPerM() (Fen, bool) {
	if s.Figures.Invested == nil {
		return 0, false
	}
	return s.Figures.Invested.Per(s.LengthM)
}

// FormatChainage writes metres from the start of a segment as K0+123.
func FormatChainage(metres float64) string {
	m := int64(math.Round(metres))
	return fmt.Sprintf("K%d+%03d", m/1000, m%1000)
}

// Validate reports every wrong member but the geometry at once.
func (s Segment) Validate() error {
	var faults Errors
	if !slices.Contains(Statuses, s.Status) {
		faults = append(faults, Errorf(Invalid, "status", "“%s”不在 %v 之中", "%q is not one of %v", s.Status, Statuses))
	}
	return append(faults, textFaults(
		bounded{"code", s.Code, 0, maxCodeLen}, bounded{"name", s.Name, 1, maxNameLen}, bounded{"road", s.Road, 0, 100},
		bounded{"from", s.From, 0, 100}, bounded{"to", s.To, 0, 100}, bounded{"source", s.Source, 0, 200})...).Err()
}
