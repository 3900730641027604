package assets

import (
	"time"

	"github.com/google/uuid"
)

// Dossier is what a jurisdiction spent on one segment or area, and what became of
// it. Members that its noun does not have are nil.
type Dossier struct {
	Noun         string    `json:"noun"`
	ID           uuid.UUID `json:"id"`
	Jurisdiction string    `json:"jurisdiction"`
	Code         string    `json:"code"`
	Name         string    `json:"name"`
	Retired      bool      `json:"retired"` // it is no more
	Road         *string   `json:"road,omitempty"`
	Key          *bool     `json:"key,omitempty"`
	LengthM      *float64  `json:"length_m,omitempty"`
	Level        *string   `json:"level,omitempty"`
	AreaM2       *float64  `json:"area_m2,omitempty"`
	Residents    *int      `json:"residents,omitempty"`

	Paid      DossierTotal  `json:"paid"`
	Committed DossierTotal  `json:"committed"`
	Years     []DossierYear `json:"years"` // without gaps, up to now
	Kinds     []DossierPart `json:"kinds"` // of projects, the most paid first
	Funds     []DossierPart `json:"funds"`

	RecordedSince *time.Time     `json:"recorded_since"` // the earliest that is known of its assets
	AssetCount    int64          `json:"asset_count"`    // living
	ConditionMean *float64       `json:"condition_mean"`
	Classes       []DossierClass `json:"classes"`
	Bought        []BoughtAsset  `json:"bought"` // newest first
	Photos        []DossierPhoto `json:"photos"` // newest first
}

// DossierTotal is the money under one basis.
type DossierTotal struct {
	Total       Fen    `json:"total"`
	Entries     int64  `json:"entries"`
	PerM        *Fen   `json:"per_m,omitempty"`
	PerM2       *Fen   `json:"per_m2,omitempty"`
	PerResident *Fen   `json:"per_resident,omitempty"`
	Rank        *int   `json:"rank"` // by PerM among key segments, by PerM2 among areas of the level; nil for one that is not among them
	Of          int    `json:"of"`
	Href        string `json:"href"`
}

// DossierYear is the money of a year, and how the assets were at its end or are
// now; nil before anything was recorded.
type DossierYear struct {
	Year          string   `json:"year"`
	Paid          Fen      `json:"paid"`
	Committed     Fen      `json:"committed"`
	AssetCount    *int64   `json:"asset_count"`
	ConditionMean *float64 `json:"condition_mean"`
	Href          string   `json:"href"`
}

// DossierPart is the money of one kind of project or one fund.
type DossierPart struct {
	Kind      string `json:"kind,omitempty"`
	Fund      string `json:"fund,omitempty"`
	Paid      Fen    `json:"paid"`
	Committed Fen    `json:"committed"`
	Href      string `json:"href"`
}

// DossierClass counts the living assets of a class.
type DossierClass struct {
	Class     string `json:"class"`
	ClassName string `json:"class_name"`
	SegmentCounts
}

// BoughtAsset is an asset that an entry paid for, with the latest such entry.
type BoughtAsset struct {
	ID        uuid.UUID  `json:"id"`
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	Class     string     `json:"class"`
	ClassName string     `json:"class_name"`
	Condition string     `json:"condition"`
	Status    string     `json:"status"`
	Segment   *uuid.UUID `json:"segment"`
	Entry     *uuid.UUID `json:"entry,omitempty"` // what follows is not for visitors
	On        string     `json:"on,omitempty"`
	Voucher   string     `json:"voucher,omitempty"`
}

// DossierPhoto is a photo of the thing or of an asset of it.
type DossierPhoto struct {
	Photo   uuid.UUID  `json:"photo"`
	Asset   *uuid.UUID `json:"asset"`
	TakenAt *time.Time `json:"taken_at"`
	Caption string     `json:"caption"`
	Former  string     `json:"former,omitempty"` // the segment that is no more, whose photo it is
}
