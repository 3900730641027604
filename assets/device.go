package assets

import (
	"time"

	"github.com/google/uuid"
)

// Device is a phone, and what it says it still holds.
type Device struct {
	ID           uuid.UUID  `json:"device"`
	Account      string     `json:"account"`
	Name         string     `json:"name"`
	App          string     `json:"app"`
	SeenAt       time.Time  `json:"seen_at"`
	UnsentOps    int        `json:"unsent_ops"`
	UnsentPhotos int        `json:"unsent_photos"`
	OldestUnsent *time.Time `json:"oldest_unsent"`
}
