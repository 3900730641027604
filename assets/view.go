package assets

import (
	"slices"
	"time"
)

// View is how somebody looks at the registry: what he may see, and as of when.
type View struct {
	Scope  Scope
	At     time.Time // the registry as it was then; zero means now
	Public bool      // without what is about persons
}

// Whole is the view of the program itself: everything, now.
var Whole = View{Scope: Everything}

// Scope is a set of jurisdictions. The zero Scope is empty, so that whoever
// forgets to say what may be seen shows nothing.
type Scope struct {
	all  bool
	list []string
}

// Everything holds every jurisdiction.
var Everything = Scope{all: true}

// Only holds the jurisdictions named.
func Only(jurisdictions ...string) Scope { return Scope{list: jurisdictions} }

// All reports whether the scope is without bounds.
func (s Scope) All() bool { return s.all }

// List is what a bounded scope holds, sorted.
func (s Scope) List() []string {
	list := slices.Clone(s.list)
	slices.Sort(list)
	return list
}

// Has reports whether the scope holds a jurisdiction.
func (s Scope) Has(jurisdiction string) bool { return s.all || slices.Contains(s.list, jurisdiction) }
