package assets

import (
	"bytes"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"streetbook/geo"
)

// Limits of a question for what stands around a place.
const (
	MaxWithinM = 50000
	MaxNearest = 100
)

// Near asks for the assets around a position that are not removed, nearest first.
type Near struct {
	Query             // what they must be besides; its Bounds, After and Limit are not looked at
	At      orb.Point // EPSG:4326
	WithinM float64   // metres, from At to the reference point
	Most    int
}

// firstReachM is how far is looked first, in metres; then reachGrowth times as far.
const (
	firstReachM = 20
	reachGrowth = 4
)

// Nearest asks each, which lists what a query selects, for wider and wider boxes
// until it has the nearest. Equally near ones stand in the order of keys.
func (n Near) Nearest(each func(Query, func(*Asset) error) error) (list []Candidate, err error) {
	q := n.Query
	q.After, q.Limit = Key{}, 0
	for reach := math.Min(firstReachM, n.WithinM); ; reach = math.Min(reach*reachGrowth, n.WithinM) {
		list = nil
		q.Bounds = []orb.Bound{around(n.At, reach)}
		err := each(q, func(a *Asset) error {
			if d := geo.Distance(n.At, ReferencePoint(a.Geometry)); d <= reach && a.Status != StatusRemoved {
				list = append(list, Candidate{ID: a.ID, Code: a.Code, Name: a.Name, Class: a.Class, DistanceM: d, Geometry: a.Geometry})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(list) >= n.Most || reach >= n.WithinM {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		switch {
		case a.DistanceM < b.DistanceM:
			return -1
		case a.DistanceM > b.DistanceM:
			return 1
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
	return list[:min(len(list), n.Most)], nil
}

// around is a box that holds everything within so many metres of a position, and
// some more: a degree of latitude has 110,574 m at least.
func around(p orb.Point, metres float64) orb.Bound {
	north := metres / 110000
	east := north / math.Max(math.Cos((math.Abs(p[1])+north)*math.Pi/180), 0.001)
	return orb.Bound{Min: orb.Point{math.Max(p[0]-east, -180), math.Max(p[1]-north, -90)}, Max: orb.Point{math.Min(p[0]+east, 180), math.Min(p[1]+north, 90)}}
}
