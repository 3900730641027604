package geo

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// MaxZoom is the deepest tile that is served: a tile of about 10 m.
const MaxZoom = 22

// Tile is a tile of WebMercatorQuad: column X and row Y counted from the north
// west.
type Tile struct {
	Z, X, Y int
}

// ParseTile reads the three numbers of a tile's address.
func ParseTile(z, row, col string) (Tile, error) {
	var t Tile
	for _, part := range []struct {
		name, text string
		into       *int
	}{{"tileMatrix", z, &t.Z}, {"tileRow", row, &t.Y}, {"tileCol", col, &t.X}} {
		most := MaxZoom
		if part.into != &t.Z {
			most = 1<<t.Z - 1
		}
		n, err := strconv.Atoi(part.text)
		if err != nil || n < 0 || n > most || strconv.Itoa(n) != part.text {
			return Tile{}, Faultf(part.name, "应为 0 到 %d 的整数", "must be a whole number from 0 to %d", most)
		}
		*part.into = n
	}
	return t, nil
}

// Bound is the box of the tile in longitude and latitude.
func (t Tile) Bound() orb.Bound {
	n := float64(int(1) << t.Z)
	lon := func(x float64) float64 { return x/n*360 - 180 }
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y/n))) / radian }
	return orb.Bound{
		Min: orb.Point{lon(float64(t.X)), lat(float64(t.Y + 1))},
		Max: orb.Point{lon(float64(t.X + 1)), lat(float64(t.Y))},
	}
}
