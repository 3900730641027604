package assets

import "github.com/google/uuid"

// Named is something of the registry by what people call it. Its code may be
// empty.
type Named struct {
	ID         uuid.UUID
	Code, Name string
}

// LedgerNames are what a finance sheet of a jurisdiction may name. Former are
// segments that were split or merged: what names them is booked on those in which
// they live on.
type LedgerNames struct{ Projects, Segments, Areas, Former []Named }
