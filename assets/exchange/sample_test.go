package exchange

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"streetbook/assets"
	"streetbook/geo"
)

func sample(t testing.TB) *assets.Registry {
	t.Helper()
	r, err := Sample()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The sample is the same to the last byte each time it is made.
func TestSampleIsRepeatable(t *testing.T) {
	write := func(r *assets.Registry) []byte {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		b = geo.AppendGeometry(b, r.Boundary())
		for i := range r.Areas {
			b = AppendAreaFeature(b, &r.Areas[i], nil)
		}
		for i := range r.Segments {
			b = AppendSegmentFeature(b, &r.Segments[i], nil)
		}
		for i := range r.Assets {
			b = AppendAssetFeature(b, &r.Assets[i], nil)
		}
		for i := range r.Basemap {
			b = AppendBasemapFeature(b, &r.Basemap[i])
		}
		return b
	}
	if a, b := write(sample(t)), write(sample(t)); !bytes.Equal(a, b) {
		t.Error("two samples differ")
	}
}

// Every object is valid, belongs to the subdistrict, says that it is schematic
// and has an id of its own in the shape of a UUIDv7.
func TestSampleObjects(t *testing.T) {
	r := sample(t)
	if err := r.Jurisdiction.Validate(); err != nil {
		t.Error(err)
	}
	if r.Jurisdiction.Code != "410105015" || r.Jurisdiction.Name != "祭城路街道" || r.Jurisdiction.Profile != assets.ProfileCJT || r.Jurisdiction.Source != SampleSource {
		t.Errorf("jurisdiction %+v", r.Jurisdiction)
	}
	ids := map[uuid.UUID]bool{}
	check := func(name, source string, h assets.Header, invalid error, g orb.Geometry) {
		if invalid != nil {
			t.Errorf("%s: %v", name, invalid)
		}
		if err := geo.Validate(g); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if ids[h.ID] || h.ID.Version() != 7 || h.ID.Variant() != uuid.RFC4122 || h.Jurisdiction != r.Jurisdiction.Code || source != SampleSource {
			t.Errorf("%s: header %+v, source %q", name, h, source)
		}
		ids[h.ID] = true
	}
	for _, a := range r.Areas {
		check(a.Name, a.Source, a.Header, a.Validate(), a.Geometry)
	}
	for _, s := range r.Segments {
		check(s.Name, s.Source, s.Header, s.Validate(), s.Geometry)
	}
	for _, a := range r.Assets {
		check(a.SourceID, a.Source, a.Header, a.Validate(), a.Geometry)
	}
	for _, b := range r.Basemap {
		check(b.Kind, b.Source, b.Header, b.Validate(), b.Geometry)
	}
}

func level(r *assets.Registry, level string) []assets.Area {
	return slices.DeleteFunc(slices.Clone(r.Areas), func(a assets.Area) bool { return a.Level != level })
}

func TestSampleBoundary(t *testing.T) {
	r := sample(t)
	if a := geo.Area(r.Boundary()); math.Abs(a/12.8e6-1) > 0.005 {
		t.Errorf("the boundary measures %.0f m², want 12.8 km² ± 0.5 %%", a)
	}
	b := r.Boundary().Bound()
	if b.Min[0] < 113.719 || b.Max[0] > 113.772 || b.Min[1] < 34.737 || b.Max[1] > 34.788 {
		t.Errorf("the boundary reaches %v", b)
	}
	outline := level(r, assets.LevelBoundary)
	if len(outline) != 1 || !reflect.DeepEqual(outline[0].Geometry, r.Boundary()) || *outline[0].Residents <= 330000 {
		t.Errorf("boundary areas: %+v", outline)
	}
}

// The communities tile the boundary: every edge of one is, the other way round,
// an edge of exactly one other or of the world outside the boundary, and none is
// left over.
func TestSampleCommunities(t *testing.T) {
	r := sample(t)
	communities := level(r, assets.LevelCommunity)
	if len(communities) != 22 {
		t.Fatalf("%d communities", len(communities))
	}
	type edge [2]orb.Point
	edges := func(g orb.Geometry) (out []edge) {
		ring := geo.Orient(g).(orb.Polygon)[0]
		for i := range len(ring) - 1 {
			out = append(out, edge{ring[i], ring[i+1]})
		}
		return out
	}
	open := map[edge]bool{}
	for _, e := range edges(r.Boundary()) {
		open[edge{e[1], e[0]}] = true
	}
	total, residents := 0.0, 0
	names, codes := map[string]bool{}, map[string]bool{}
	for _, c := range communities {
		for _, e := range edges(c.Geometry) {
			if open[e] {
				t.Fatalf("%s: edge %v occurs twice", c.Name, e)
			}
			if back := (edge{e[1], e[0]}); open[back] {
				delete(open, back)
			} else {
				open[e] = true
			}
		}
		total += geo.Area(c.Geometry)
		residents += *c.Residents
		names[c.Name], codes[c.Code] = true, true
		if len(c.Code) != 12 || c.Code[:9] != r.Jurisdiction.Code || c.Parent == nil || *c.Parent != r.Areas[0].ID {
			t.Errorf("community %+v", c)
		}
	}
	if len(open) != 0 {
		t.Errorf("%d edges have no neighbour, such as %v", len(open), open)
	}
	if whole := geo.Area(r.Boundary()); math.Abs(total/whole-1) > 1e-9 {
		t.Errorf("the communities measure %.1f m², the boundary %.1f m²", total, whole)
	}
	if residents <= 330000 || residents != *r.Areas[0].Residents {
		t.Errorf("%d residents in communities, %d in all", residents, *r.Areas[0].Residents)
	}
	if len(names) != 22 || len(codes) != 22 || !names["八里庙社区"] || !codes["410105015010"] {
		t.Errorf("names %v codes %v", names, codes)
	}
}

// 8 resettlement areas with 37 compounds and nearly 80,000 residents, each
// inside its parent.
func TestSampleResettlements(t *testing.T) {
	r := sample(t)
	byID := map[uuid.UUID]assets.Area{}
	for _, a := range r.Areas {
		byID[a.ID] = a
	}
	inside := func(a assets.Area, level string) {
		t.Helper()
		parent, ok := byID[*a.Parent]
		if !ok || parent.Level != level {
			t.Fatalf("%s has no parent of level %s", a.Name, level)
		}
		districts := geo.NewDistricts([]orb.Geometry{parent.Geometry})
		for _, p := range a.Geometry.(orb.Polygon)[0] {
			if _, in := districts.Containing(p); !in {
				t.Errorf("%s sticks out of %s at %v", a.Name, parent.Name, p)
			}
		}
	}
	residents, compounds := map[uuid.UUID]int{}, level(r, assets.LevelCompound)
	for _, c := range compounds {
		inside(c, assets.LevelResettlement)
		residents[*c.Parent] += *c.Residents
		if *c.Residents < 1000 {
			t.Errorf("%s has %d residents", c.Name, *c.Residents)
		}
	}
	total, areas := 0, level(r, assets.LevelResettlement)
	for _, a := range areas {
		inside(a, assets.LevelCommunity)
		total += *a.Residents
		if residents[a.ID] != *a.Residents {
			t.Errorf("%s: %d residents, %d in its compounds", a.Name, *a.Residents, residents[a.ID])
		}
	}
	if len(areas) != 8 || len(compounds) != 37 || total >= 80000 || total < 79000 {
		t.Errorf("%d resettlement areas, %d compounds, %d residents", len(areas), len(compounds), total)
	}
}

func TestDiceKeepsItsSequence(t *testing.T) {
	// The first outputs of SplitMix64 for the seed 0, from the reference code.
	var d dice
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := d.next(); got != want {
			t.Errorf("output %d is %#x, want %#x", i, got, want)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	for b.Loop() {
		sample(b)
	}
}
