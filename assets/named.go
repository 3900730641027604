package assets

import "github.com/google/uuid"

// Named is something of the registry by what people call it. Its code may be
// empty.
type Named struct {
	ID         uuid.UUID
	Code, Name string
}

// LedgerNames are what a finance sheet of a jurisdiction may name.
type LedgerNames struct{ Projects, Segments, Areas []Named }
