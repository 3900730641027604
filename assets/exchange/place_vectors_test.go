package exchange_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/assets/exchange"
	"streetbook/geo"
)

var updateVectors = flag.Bool("update", false, "write the test vectors anew")

// vectorFile holds the vectors that the phone's own placing is held to as well.
const vectorFile = "../../static/base/place_vectors.json"

type vectors struct {
	MaxOffsetM  float64         `json:"max_offset_m"`
	Division    string          `json:"division"` // a component code begins with it, and goes on with the class
	Segments    []vectorShape   `json:"segments"`
	Communities []vectorShape   `json:"communities"`
	Points      []vectorOfPoint `json:"points"`
}

type vectorShape struct {
	ID       uuid.UUID       `json:"id"`
	Geometry json.RawMessage `json:"geometry"`
}

// vectorOfPoint is a position as it is sent, and where the server says it is.
type vectorOfPoint struct {
	At    [2]float64   `json:"at"`
	Place assets.Place `json:"place"`
}

// TestPlaceVectorsAreTrue: the file that the phone's rules are tested with is what
// the server's say. -update writes it.
func TestPlaceVectorsAreTrue(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(makeVectors(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{`{"id":`, `{"at":`} { // a line each, so that a difference can be read
		got = bytes.ReplaceAll(got, []byte(item), []byte("\n"+item))
	}
	got = append(got, '\n')
	if *updateVectors {
		if err := os.WriteFile(vectorFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(vectorFile)
	if err != nil || !bytes.Equal(have, got) {
		t.Errorf("%s is out of date: go test ./assets/exchange -run PlaceVectors -update (%v)", vectorFile, err)
	}
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	sample, err := exchange.Sample()
	if err != nil {
		t.Fatal(err)
	}
	v := vectors{MaxOffsetM: assets.MaxOffsetM, Division: sample.Jurisdiction.Division()}
	var segments []assets.Segment
	var areas []assets.Area
	for i, s := range sample.Segments {
		s.ID = vectorID(1, i)
		segments = append(segments, s)
		v.Segments = append(v.Segments, vectorShape{s.ID, geo.AppendGeometry(nil, s.Geometry)})
	}
	for i, a := range sample.Areas {
		if a.Level == assets.LevelCommunity {
			a.ID = vectorID(2, i)
			areas = append(areas, a)
			v.Communities = append(v.Communities, vectorShape{a.ID, geo.AppendGeometry(nil, a.Geometry)})
		}
	}
	locator := assets.NewLocator(segments, areas)
	for _, p := range vectorPoints(segments, sample.Boundary().Bound()) {
		v.Points = append(v.Points, vectorOfPoint{p, locator.Place(p)})
	}
	return v
}

// vectorID is an id that is the same in every run.
func vectorID(kind byte, i int) uuid.UUID {
	return uuid.UUID{0x01, 0x95, 0, 0, 0, 0, 0x70, kind, 0x80, 0, 0, 0, 0, 0, byte(i >> 8), byte(i)}
}

// vectorPoints are those where rules could differ: vertices, ends, both sides at
// all distances up to and over the greatest, and anywhere.
func vectorPoints(segments []assets.Segment, box orb.Bound) (points []orb.Point) {
	r := rand.New(rand.NewPCG(1, 2))
	round := func(p orb.Point) orb.Point { // as a phone sends it: to a centimetre
		return orb.Point{float64(int64(p[0]*1e7)) / 1e7, float64(int64(p[1]*1e7)) / 1e7}
	}
	for _, s := range segments {
		for range 10 {
			i := r.IntN(len(s.Geometry) - 1)
			a, b, f := s.Geometry[i], s.Geometry[i+1], r.Float64()
			points = append(points, round(orb.Point{a[0] + f*(b[0]-a[0]) + (r.Float64()-0.5)*1.3e-3, a[1] + f*(b[1]-a[1]) + (r.Float64()-0.5)*1.1e-3}))
		}
		points = append(points, round(s.Geometry[0]), round(s.Geometry[len(s.Geometry)-1]), round(s.Geometry[len(s.Geometry)/2]))
	}
	for range 60 {
		points = append(points, round(orb.Point{box.Min[0] + r.Float64()*(box.Max[0]-box.Min[0]), box.Min[1] + r.Float64()*(box.Max[1]-box.Min[1])}))
	}
	return points
}
