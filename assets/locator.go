package assets

import (
	"math"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"streetbook/geo"
)

// MaxOffsetM is how far from a segment's line an asset may stand and still be
// said to stand on it: half of a wide main road with its green strip and the
// shop fronts behind. Farther away an asset has no segment.
const MaxOffsetM = 50

// Locator says where a geometry stands in the registry's own terms. It is made
// from the segments and communities of one jurisdiction, does not change, and
// may be used by many at once.
type Locator struct {
	segments    []uuid.UUID
	network     *geo.Network
	communities []uuid.UUID
	districts   *geo.Districts
}

// NewLocator prepares the segments and those areas that are communities.
func NewLocator(segments []Segment, areas []Area) *Locator {
	l := &Locator{}
	var lines []orb.LineString
	for _, s := range segments {
		l.segments = append(l.segments, s.ID)
		lines = append(lines, s.Geometry)
	}
	var polygons []orb.Geometry
	for _, a := range areas {
		if a.Level == LevelCommunity {
			l.communities = append(l.communities, a.ID)
			polygons = append(polygons, a.Geometry)
		}
	}
	l.network, l.districts = geo.NewNetwork(lines), geo.NewDistricts(polygons)
	return l
}

// Place finds the nearest segment within MaxOffsetM, with chainage, side and
// offset to the millimetre, and the community around g's reference point.
func (l *Locator) Place(g orb.Geometry) Place {
	p := ReferencePoint(g)
	var place Place
	if i, loc, ok := l.network.Nearest(p, MaxOffsetM); ok {
		chainage, offset := millimetres(loc.Chainage), millimetres(math.Abs(loc.Offset))
		id := l.segments[i]
		place.Segment, place.ChainageM, place.OffsetM = &id, &chainage, &offset
		place.Side = string(loc.Side)
	}
	if i, ok := l.districts.Containing(p); ok {
		id := l.communities[i]
		place.Community = &id
	}
	return place
}

// ReferencePoint is the point that stands for a geometry where one is needed:
// a point itself, the middle vertex of a line, the centroid of anything else.
func ReferencePoint(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.LineString:
		return g[len(g)/2]
	}
	c, _ := planar.CentroidArea(g)
	return c
}

func millimetres(m float64) float64 { return math.Round(m*1000) / 1000 }
