package assets

import (
	"encoding/json"

	"github.com/google/uuid"
)

// Bulk is one change to many assets. Nil members stay as they are.
type Bulk struct {
	Condition   *string         `json:"condition,omitempty"`
	Name        *string         `json:"name,omitempty"`
	InstalledOn *string         `json:"installed_on,omitempty"`
	Source      *string         `json:"source,omitempty"`
	Class       *string         `json:"class,omitempty"`
	Attributes  json.RawMessage `json:"attributes,omitempty"` // a merge patch
}

// Empty reports whether it changes nothing.
func (b Bulk) Empty() bool {
	return b.Condition == nil && b.Name == nil && b.InstalledOn == nil && b.Source == nil && b.Class == nil && len(b.Attributes) == 0
}

// Apply changes an asset.
func (b Bulk) Apply(a *Asset) (err error) {
	for _, m := range []struct{ from, to *string }{{b.Condition, &a.Condition}, {b.Name, &a.Name}, {b.InstalledOn, &a.InstalledOn}, {b.Source, &a.Source}, {b.Class, &a.Class}} {
		if m.from != nil {
			*m.to = *m.from
		}
	}
	if len(b.Attributes) > 0 {
		a.Attributes, err = MergeAttributes(a.Attributes, b.Attributes)
	}
	return err
}

// Refusal is an object that a bulk change left as it was, and why.
type Refusal struct {
	ID    uuid.UUID
	Code  string
	Fault *Error
}

// BulkOutcome is what a bulk change did, or would do.
type BulkOutcome struct {
	Seq       int64 // of the last change it has seen
	Matched   int
	Changed   int
	Refused   []Refusal
	Before    []Asset // the first of those that change, and what they become
	After     []Asset
	Committed bool
}

// MaxBulk is how many assets one bulk change may be about.
const MaxBulk = 20000
