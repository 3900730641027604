package assets

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Walk (走查) is somebody's way through the street, and the sides of segments on
// which he saw everything.
type Walk struct {
	Header
	Actor     string         `json:"by"`
	StartedAt time.Time      `json:"started_at"`
	EndedAt   time.Time      `json:"ended_at"`
	Sides     []WalkedSide   `json:"sides"`
	Note      string         `json:"note"`
	Track     orb.LineString `json:"track"` // EPSG:4326; nil if none was kept
}

// WalkedSide is one side of a segment, walked from end to end.
type WalkedSide struct {
	Segment uuid.UUID `json:"segment"`
	Side    string    `json:"side"`
}

// maxSides of one walk.
const maxSides = 500

// Validate reports every wrong member but the track at once.
func (w Walk) Validate() error {
	var faults Errors
	if w.StartedAt.IsZero() || w.EndedAt.IsZero() || w.EndedAt.Before(w.StartedAt) {
		faults = append(faults, Errorf(Invalid, "ended_at", "须给出开始和结束时间，且结束不早于开始", "start and end are required, the end not before the start"))
	}
	if len(w.Sides) > maxSides {
		faults = append(faults, Errorf(Invalid, "sides", "最多 %d 个", "at most %d", maxSides))
	}
	for i, s := range w.Sides {
		if s.Side != SideLeft && s.Side != SideRight {
			faults = append(faults, Errorf(Invalid, fmt.Sprintf("sides.%d.side", i), "应为 left 或 right", "must be left or right"))
		}
	}
	if len(w.Sides) == 0 && len(w.Track) == 0 {
		faults = append(faults, Errorf(Invalid, "sides", "须给出轨迹或走过的一侧", "a track or a side is required"))
	}
	return append(faults, textFaults(bounded{"note", w.Note, 0, 2000})...).Err()
}

// SideCoverage says on which days a side of a segment was walked, the latest first.
type SideCoverage struct {
	Last *string     `json:"last"` // 2006-01-02 in China
	Days []WalkedDay `json:"days"`
}

// WalkedDay is a day and who walked.
type WalkedDay struct {
	On string `json:"on"`
	By string `json:"by"`
}

// Coverage is a segment and when each of its sides was walked.
type Coverage struct {
	Segment uuid.UUID    `json:"segment"`
	Code    string       `json:"code"`
	Name    string       `json:"name"`
	LengthM float64      `json:"length_m"`
	Left    SideCoverage `json:"left"`
	Right   SideCoverage `json:"right"`
}
