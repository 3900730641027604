package assets

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Candidate is a living asset that a new one may be the same as.
type Candidate struct {
	ID        uuid.UUID
	Code      string
	Name      string
	Class     string
	DistanceM float64 // geodesic, between the reference points
	Geometry  orb.Geometry
}

// Duplicate says that a new asset stands within its class's radius of living
// ones of the class.
type Duplicate struct {
	RadiusM    float64
	Candidates []Candidate // nearest first
}

func (d *Duplicate) Error() string { return d.Unwrap().Error() }

// Unwrap gives the error of code Conflict that people see.
func (d *Duplicate) Unwrap() error {
	return &Error{Code: Conflict, Field: "geometry", Text: Text{
		ZH: fmt.Sprintf("%g 米内已有 %d 个同类设施；确为另一个时加 duplicate=allow", d.RadiusM, len(d.Candidates)),
		EN: fmt.Sprintf("there are %[2]d of the same class within %[1]g m; if it is another one, say duplicate=allow", d.RadiusM, len(d.Candidates))}}
}
