package assets

import (
	"time"

	"github.com/google/uuid"
)

// Batch is an operation that booked several entries at once, such as the import
// of a finance sheet. It can be undone as one.
type Batch struct {
	Op        uuid.UUID `json:"op"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Entries   int64     `json:"entries"`
	Paid      Fen       `json:"paid"`
	Committed Fen       `json:"committed"`
	Granted   Fen       `json:"granted"`
	Undone    bool      `json:"undone"`
}
