// Package geo is what a place is: pure functions on orb values. Coordinate
// reference systems, geodesic measures, linear referencing, tiles and the
// encoders of GeoJSON. Positions are longitude, latitude in EPSG:4326 and
// lengths are metres, unless a name says otherwise.
package geo

import "fmt"

// Fault says what is wrong with a place that came from outside, and where:
// Path is "geometry.coordinates[0][3]", "bbox", "crs" and the like.
type Fault struct {
	Path, ZH, EN string
}

func (f *Fault) Error() string { return f.Path + ": " + f.EN }

// Faultf makes a Fault from a Chinese and an English format with the same
// arguments in the same order.
func Faultf(path, zh, en string, args ...any) *Fault {
	return &Fault{Path: path, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
