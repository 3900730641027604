// Package assets is the domain of Streetbook: the facilities of a street
// (设施/部件: lamps, benches, signboards), the segments and areas they stand in,
// and the rules they obey. It knows no SQL, no HTTP and no file format.
//
// The word assets never means web files here; those are in package static.
package assets

import (
	"time"

	"github.com/google/uuid"
)

// SystemJurisdiction is the code of the program's own ledger. Accounts and the
// classes shared by every jurisdiction belong to it, so that they obey the same
// invariants as everything else. It has no place on the map and is never listed.
const SystemJurisdiction = "000000000"

// Header is what every kept object has: the jurisdiction that begins its key,
// its own UUIDv7 made by whoever created it, and a version that counts from 1.
type Header struct {
	Jurisdiction string    `json:"jurisdiction"`
	ID           uuid.UUID `json:"id"`
	Version      int       `json:"version"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Text is a sentence for people, in the two languages of the interface.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the sentence in the language tag given: English for tags that
// begin with "en", otherwise Chinese.
func (t Text) In(tag string) string {
	if len(tag) >= 2 && (tag[:2] == "en" || tag[:2] == "EN") {
		return t.EN
	}
	return t.ZH
}
