package picture

import (
	"io"
	"math"

	"github.com/bep/imagemeta"
	"github.com/paulmach/orb"
)

// formats of the images in which a camera may have written where it was.
var formats = map[string]imagemeta.ImageFormat{"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG, "image/webp": imagemeta.WebP}

// Limits of what is read of a camera's notes, whatever they say of themselves.
const (
	maxTags    = 2000
	maxTagSize = 200
)

// Place is where a camera wrote that it was (EPSG:4326), nil if it wrote nothing
// that can be read.
func Place(r io.ReadSeeker, mediaType string) *orb.Point {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	said := map[string]any{}
	_, err := imagemeta.Decode(imagemeta.Options{R: r, ImageFormat: formats[mediaType], Sources: imagemeta.EXIF, LimitNumTags: maxTags, LimitTagSize: maxTagSize,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Namespace == "IFD0/GPSInfoIFD" },
		HandleTag:       func(t imagemeta.TagInfo) error { said[t.Tag] = t.Value; return nil }})
	lon, lonOK := degrees(said["GPSLongitude"], said["GPSLongitudeRef"], "W", 180)
	lat, latOK := degrees(said["GPSLatitude"], said["GPSLatitudeRef"], "S", 90)
	if err != nil || !lonOK || !latOK || lon == 0 && lat == 0 { // cameras without a fix write zeros
		return nil
	}
	return &orb.Point{lon, lat}
}

// degrees is an angle, negative if its reference is the one named.
func degrees(value, reference any, negative string, most float64) (float64, bool) {
	v, ok := value.(float64)
	if !ok || math.IsNaN(v) || v < 0 || v > most {
		return 0, false
	}
	if r, _ := reference.(string); r == negative {
		v = -v
	}
	return v, true
}
