package assets

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// MaxPhoto is how many bytes a photo may have, MaxPixels how many pixels.
const (
	MaxPhoto  = 25 << 20
	MaxPixels = 50_000_000
)

// PhotoTypes are the media types that photos may have.
var PhotoTypes = []string{"image/jpeg", "image/png", "image/webp"}

// PhotoNouns are those whose objects may have photos.
var PhotoNouns = []string{"asset", "segment", "area", "walk", "inspection"}

// Photo (照片) is a picture of an object. The bytes are a blob of its SHA-256.
type Photo struct {
	Header
	Noun       string     `json:"noun"`
	Object     uuid.UUID  `json:"object"`
	SHA256     string     `json:"sha256"`
	Size       int64      `json:"size"`
	MediaType  string     `json:"media_type"`
	TakenAt    *time.Time `json:"taken_at"`
	Caption    string     `json:"caption"`
	Original   bool       `json:"original"`              // as the camera made it; otherwise a smaller copy
	OriginalOf *uuid.UUID `json:"original_of,omitempty"` // the smaller copy that it follows; nil if it stands for itself
	AccuracyM  *float64   `json:"accuracy_m"`
	Actor      string     `json:"actor"`
	Width      int        `json:"width"`
	Height     int        `json:"height"`
	StoredAt   *time.Time `json:"stored_at"` // nil while the bytes are not there
	Position   *orb.Point `json:"position"`  // EPSG:4326, for staff alone; nil if it is not known
}

// PhotoFacts are what the bytes of a photo tell.
type PhotoFacts struct {
	Width, Height int
	Place         *orb.Point // EPSG:4326; nil if the camera did not write it
}

// Validate reports every wrong member at once.
func (p Photo) Validate() error {
	var faults Errors
	if !slices.Contains(PhotoNouns, p.Noun) {
		faults = append(faults, Errorf(Invalid, "noun", "应为 %v 之一", "must be one of %v", PhotoNouns))
	}
	if p.Object == uuid.Nil {
		faults = append(faults, Errorf(Invalid, "id", "必须给出对象的 id", "is required"))
	}
	if len(p.SHA256) != 64 || strings.Trim(p.SHA256, "0123456789abcdef") != "" {
		faults = append(faults, Errorf(Invalid, "sha256", "应为 64 位小写十六进制", "must be 64 lower-case hexadecimal digits"))
	}
	if p.Size < 1 {
		faults = append(faults, Errorf(Invalid, "size", "应为正整数", "must be 1 or more"))
	}
	if p.Size > MaxPhoto {
		faults = append(faults, Errorf(TooLarge, "size", "照片不得超过 %d 字节", "a photo may have at most %d bytes", MaxPhoto))
	}
	if !slices.Contains(PhotoTypes, p.MediaType) {
		faults = append(faults, Errorf(Invalid, "media_type", "应为 %v 之一", "must be one of %v", PhotoTypes))
	}
	if p.AccuracyM != nil && !(*p.AccuracyM >= 0 && *p.AccuracyM <= 100000) {
		faults = append(faults, Errorf(Invalid, "accuracy_m", "应在 0 到 100000 米之间", "must be 0 to 100000 metres"))
	}
	return append(faults, textFaults(bounded{"caption", p.Caption, 0, 500})...).Err()
}
