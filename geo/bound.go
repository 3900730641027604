package geo

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// ParseBBox reads a bbox parameter: west,south,east,north in longitude and
// latitude, or six numbers with heights, which are passed over. A west beyond
// east crosses the antimeridian and gives two bounds.
func ParseBBox(s string) ([]orb.Bound, error) {
	n, err := parseBox(s)
	if err != nil {
		return nil, err
	}
	return boundsOf([4]float64(n[:4]))
}

// boundsOf checks a box of longitude and latitude and cuts it at the antimeridian.
func boundsOf(n [4]float64) ([]orb.Bound, error) {
	west, south, east, north := n[0], n[1], n[2], n[3]
	if math.Abs(west) > 180 || math.Abs(east) > 180 || math.Abs(south) > 90 || math.Abs(north) > 90 {
		return nil, Faultf("bbox", "经度应在 ±180、纬度应在 ±90 之内", "longitudes must be within ±180 and latitudes within ±90")
	}
	if south > north {
		return nil, Faultf("bbox", "南边界在北边界之北", "its south lies north of its north")
	}
	if west > east {
		return []orb.Bound{
			{Min: orb.Point{west, south}, Max: orb.Point{180, north}},
			{Min: orb.Point{-180, south}, Max: orb.Point{east, north}},
		}, nil
	}
	return []orb.Bound{{Min: orb.Point{west, south}, Max: orb.Point{east, north}}}, nil
}

// parseBox reads the four numbers of a box, or the six of one with heights,
// which are passed over.
func parseBox(s string) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return nil, Faultf("bbox", "应为 4 个或 6 个以逗号分隔的数", "must be 4 or 6 numbers separated by commas")
	}
	n := make([]float64, len(parts))
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, Faultf("bbox", "“%s”不是数字", "%q is no number", part)
		}
		n[i] = v
	}
	if len(n) == 6 {
		n = []float64{n[0], n[1], n[3], n[4]}
	}
	return n, nil
}

// Outward rounds a box to float32, as PostGIS does when it compares boxes.
func Outward(b orb.Bound) orb.Bound {
	down := func(v float64) float64 {
		if f := float32(v); float64(f) > v {
			return float64(math.Nextafter32(f, float32(math.Inf(-1))))
		}
		return float64(float32(v))
	}
	up := func(v float64) float64 { return -down(-v) }
	return orb.Bound{Min: orb.Point{down(b.Min[0]), down(b.Min[1])}, Max: orb.Point{up(b.Max[0]), up(b.Max[1])}}
}
